"""Databases for tests: copies of the migrated template, emptied after a test and lent again.

A copy costs PostgreSQL six hundred files, many times what most tests do in it. What cannot be told to be as good as
new is dropped.
"""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

# A copy that has grown past this many bytes is dropped, and so is one lent this often: what was deleted takes room.
LARGEST = 32 * 2**20
MOST_LOANS = 60

# Whatever defines a table, a column, a right or a function is a row in one of these, and a change makes a new row
# with another xmin.
CATALOGUES = (
    *("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_type"),
    *("pg_policy", "pg_rewrite", "pg_extension", "pg_event_trigger", "pg_default_acl", "pg_statistic_ext"),
)
FIRST_OWN_OID = 16384
OWN_OID = "SELECT oid FROM pg_database WHERE datname = current_database()"
OID = {"pg_attribute": "attrelid", "pg_index": "indexrelid"}
SHAPE = [
    *(
        f"SELECT concat(count(*), ' ', sum(xmin::text::bigint)) FROM {catalogue}"  # noqa: S608 (names of catalogues)
        f" WHERE {OID.get(catalogue, 'oid')} >= {FIRST_OWN_OID}"
        for catalogue in CATALOGUES
    ),
    r"SELECT string_agg(concat(nspname, nspowner, nspacl), ' ') FROM pg_namespace WHERE nspname NOT LIKE 'pg\_t%'",
    "SELECT concat(datdba, datacl, datallowconn, datconnlimit) FROM pg_database WHERE datname = current_database()",
    f"SELECT count(*)::text FROM pg_db_role_setting WHERE setdatabase = ({OWN_OID})",  # noqa: S608 (a statement of ours)
    "SELECT count(*)::text FROM pg_largeobject_metadata",
]
READ_SHAPE = "SELECT ARRAY[" + ", ".join(f"({part})" for part in SHAPE) + "]"
END_OTHERS = (
    "SELECT coalesce(bool_and(pg_terminate_backend(pid, 10000)), true) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
WRITTEN = (
    f"SELECT oid::regclass::text FROM pg_class WHERE oid >= {FIRST_OWN_OID}"  # noqa: S608 (a number)
    " AND relkind = 'r' AND relpersistence <> 't' AND pg_relation_size(oid) > 0"
)
PUT_BACK = "INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT (row::{table}).* FROM unnest($1::text[]) AS row"
SEQUENCES = (
    "SELECT format('SELECT setval(%L, %s, %L)', seqrelid::regclass, coalesce(last_value, seqstart),"
    " last_value IS NOT NULL) FROM pg_sequence"
    " JOIN pg_sequences ON format('%I.%I', schemaname, sequencename)::regclass = seqrelid"
)


class Template(msgspec.Struct, frozen=True):
    """`rows` are those it holds, by table, and `marks` tell whether they are the same; `rewind` is for sequences."""

    name: str
    shape: list[str]
    rows: dict[str, list[str]]
    marks: dict[str, str]
    rewind: str


class Copy(msgspec.Struct):
    """Its `marks` differ from the template's where rows were put back."""

    name: str
    marks: dict[str, str]
    loans: int = 0


def name_database(server_url: str, name: str) -> str:
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


async def run_on_server(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(server_url)
    await connection.execute(statement)
    await connection.close()


@asynccontextmanager
async def copy_database(server_url: str, source: str) -> AsyncGenerator[str]:
    """Where a copy of `source` can be reached, dropped at the end: for the tests of one module, or of much data."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {source}")
    yield name_database(server_url, name)
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def read_template(server_url: str, name: str) -> Template:
    connection = await asyncpg.connect(name_database(server_url, name))
    marks = await read_marks(connection)
    rows = {
        table: [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} AS t")]  # noqa: S608 (a table)
        for table in marks
    }
    rewind = "; ".join(row[0] for row in await connection.fetch(SEQUENCES))
    shape = await connection.fetchval(READ_SHAPE)
    await connection.close()
    return Template(name, shape, rows, marks, rewind)


async def read_marks(connection: asyncpg.Connection) -> dict[str, str]:
    """Of every table that holds a row: another row, or another version of one, makes another mark."""
    parts = [
        f"SELECT '{table}' AS name, concat(count(*), ' ', sum(xmin::text::bigint)) AS mark FROM {table}"  # noqa: S608 (a table)
        " HAVING count(*) > 0"
        for (table,) in await connection.fetch(WRITTEN)
    ]
    return {row["name"]: row["mark"] for row in await connection.fetch(" UNION ALL ".join(parts))}


class Stores:
    """Copies of one template on one server."""

    def __init__(self, server_url: str, template: Template) -> None:
        self.server_url = server_url
        self.template = template
        self.clean: list[Copy] = []

    async def lend(self) -> Copy:
        """One that nobody else has, in the template's state."""
        if not self.clean:
            copy = Copy(f"test_{uuid.uuid4().hex[:12]}", self.template.marks)
            await run_on_server(self.server_url, f"CREATE DATABASE {copy.name} TEMPLATE {self.template.name}")
            self.clean.append(copy)
        copy = self.clean.pop()
        copy.loans += 1
        return copy

    async def take_back(self, copy: Copy) -> None:
        if copy.loans < MOST_LOANS and await self.make_clean(copy):
            self.clean.append(copy)
        else:
            await run_on_server(self.server_url, f"DROP DATABASE {copy.name} WITH (FORCE)")

    async def make_clean(self, copy: Copy) -> bool:
        """False where more than rows was changed, or too many of them."""
        try:
            connection = await asyncpg.connect(name_database(self.server_url, copy.name))
        except asyncpg.PostgresError:
            return False
        try:
            return await self.restore(connection, copy)
        finally:
            await connection.close()

    async def restore(self, connection: asyncpg.Connection, copy: Copy) -> bool:
        if not await connection.fetchval(END_OTHERS):
            return False
        if await connection.fetchval("SELECT pg_database_size(current_database()) > $1", LARGEST):
            return False
        if await connection.fetchval(READ_SHAPE) != self.template.shape:
            return False
        found = await read_marks(connection)
        changed = [table for table in found.keys() | copy.marks.keys() if found.get(table) != copy.marks.get(table)]
        async with connection.transaction():
            # Without triggers and foreign keys, so that the order does not matter.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(self.template.rewind)
            for table in changed:
                await connection.execute(f"DELETE FROM {table}")  # noqa: S608 (a table)
                if table in self.template.rows:
                    await connection.execute(PUT_BACK.format(table=table), self.template.rows[table])
        if changed:
            copy.marks = await read_marks(connection)
        return True

    async def drop_all(self) -> None:
        for copy in self.clean:
            await run_on_server(self.server_url, f"DROP DATABASE {copy.name} WITH (FORCE)")
        self.clean.clear()
