"""What PostgreSQL's own catalogues say about the two roles that pages read with: nothing stands open."""

import pytest

from feedback.database import Connection

STAFF, ADMINISTRATOR = "langnghe_staff", "langnghe_administrator"
CATALOGUE = {
    *("places", "units", "desks", "titles", "officials", "official_titles", "procedures", "desk_officials"),
    *("desk_procedures", "surveys", "pilot_units", "desk_codes"),
}
KEPT = {*CATALOGUE, "desk_codes"} - {"places", "surveys", "pilot_units"}
# Readable whole: the catalogue; and what is about no single unit.
OPEN = {STAFF: {*CATALOGUE, "releases", "release_pools", "rolled_weeks"}, ADMINISTRATOR: CATALOGUE}
# What administrators set beside the catalogue.
SET = ("kiosks", "parameter_values", "calendar_corrections", "api_keys")
# Everything else that either role may do but read.
MAY_CHANGE = {
    (STAFF, "audit_log", "INSERT"),
    (STAFF, "alert_events", "INSERT"),
    (STAFF, "supervision_alerts", "UPDATE"),
    *((STAFF, table, "INSERT") for table in ("supervision_cases", "case_events", "case_files", "reports")),
    *((STAFF, table, "INSERT") for table in ("check_rounds", "check_items", "form_batches")),
    *((STAFF, table, "UPDATE") for table in ("supervision_cases", "check_rounds", "check_items", "form_batches")),
    *((ADMINISTRATOR, table, "INSERT") for table in ("accounts", "appointments", "account_invitations")),
    *((ADMINISTRATOR, table, "UPDATE") for table in ("accounts", "appointments", "account_invitations")),
    *((ADMINISTRATOR, "staff_sessions", deed) for deed in ("INSERT", "UPDATE")),
    (ADMINISTRATOR, "account_passkeys", "DELETE"),
    (ADMINISTRATOR, "audit_log", "INSERT"),
    *((ADMINISTRATOR, table, deed) for table in KEPT for deed in ("INSERT", "UPDATE")),
    *((ADMINISTRATOR, table, deed) for table in SET for deed in ("INSERT", "UPDATE")),
    (ADMINISTRATOR, "calendar_corrections", "DELETE"),
}
# Policies that let through every row: of the accounts, to who administers them; and the log, to who reads it.
EVERY_ROW = {
    (ADMINISTRATOR, table)
    for table in ("accounts", "appointments", "account_invitations", "account_passkeys", "staff_sessions", "audit_log")
}
# What a supervisor reads of a single rating: never its score, its official, or its time.
OF_A_RATING = {
    *("unit_id", "token_hash", "desk_id", "procedure_id", "survey_id", "local_day", "proof_class", "supersedes"),
    "comment",
}
GRANTS = """
    SELECT DISTINCT coalesce(r.rolname, 'PUBLIC') AS role, c.relname AS table, g.privilege_type AS deed,
           c.relkind IN ('v', 'm') AS is_view, c.relrowsecurity AND c.relforcerowsecurity AS is_guarded
    FROM pg_class AS c
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
    CROSS JOIN LATERAL aclexplode(c.relacl || a.attacl) AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (g.grantee = 0 OR r.rolname IN ('langnghe_staff', 'langnghe_administrator'))"""
POLICIES = """
    SELECT tablename AS table, policyname AS name, cmd, roles::text[] AS roles, qual, with_check
    FROM pg_policies WHERE schemaname = 'public'"""
LOOSE = {
    "may log in or do what only a server's administrator does": """
        SELECT rolname FROM pg_roles WHERE rolname IN ('langnghe_staff', 'langnghe_administrator')
        AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)""",
    "is a member of another role": """
        SELECT member::regrole::text FROM pg_auth_members
        WHERE member::regrole::text IN ('langnghe_staff', 'langnghe_administrator')""",
    "owns something": """
        SELECT rolname FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
        WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
          AND rolname IN ('langnghe_staff', 'langnghe_administrator')""",
    "may create in the schema": """
        SELECT rolname FROM pg_roles WHERE rolname IN ('langnghe_staff', 'langnghe_administrator')
        AND has_schema_privilege(rolname, 'public', 'CREATE')""",
    "has row security that does not bind the owner": """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relrowsecurity <> relforcerowsecurity""",
    "is a view that reads as its owner": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm' OR relkind = 'v'
        AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false))""",
    "runs as its owner, on whatever path": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
        AND NOT coalesce(array_to_string(proconfig, ' ') LIKE '%search_path=%', false)""",
    "is granted to whatever comes later": """
        SELECT defaclobjtype::text || ': ' || defaclacl::text FROM pg_default_acl""",
    "holds ratings and is read by administrators": """
        SELECT DISTINCT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
          AND a.attname IN ('n1', 'n2', 'n3', 'n4', 'n5', 'score', 'comment', 'figure', 'evidence', 'statistic')
          AND has_any_column_privilege('langnghe_administrator', c.oid, 'SELECT')""",
}
RATING_COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = 'responses'::regclass AND attnum > 0
    AND has_column_privilege('langnghe_staff', attrelid, attnum, 'SELECT')"""
COMMANDS = {"SELECT": "SELECT", "INSERT": "INSERT", "UPDATE": "UPDATE", "DELETE": "DELETE"}
PLANTS = {
    "a table that does not bind its owner": "ALTER TABLE daily_counts NO FORCE ROW LEVEL SECURITY",
    "a table without row security": "ALTER TABLE weekly_counts DISABLE ROW LEVEL SECURITY",
    "a view that reads as its owner": "ALTER VIEW written_comments RESET (security_invoker)",
    "a grant on a table without policies": "GRANT SELECT ON slip_keys TO langnghe_staff",
    "a grant on a column": "GRANT SELECT (salt) ON slip_keys TO langnghe_administrator",
    "a score of a single rating": "GRANT SELECT (score) ON responses TO langnghe_staff",
    "ratings for administrators": "GRANT SELECT ON daily_counts TO langnghe_administrator",
    "a log that can be emptied": "GRANT TRUNCATE ON audit_log TO langnghe_administrator",
    "a log that can be changed": "GRANT UPDATE ON audit_log TO langnghe_staff",
    "a grant to everybody": "GRANT SELECT ON titles TO PUBLIC",
    "a policy for every row": "CREATE POLICY open ON daily_counts FOR SELECT TO langnghe_staff USING (true)",
    "a policy for everybody": "CREATE POLICY open ON daily_counts USING (unit_id = 1)",
    "rows that may be written anyhow": "CREATE POLICY open ON audit_log FOR INSERT TO langnghe_staff WITH CHECK (true)",
    "a lost policy": "DROP POLICY reached ON drop_alerts",
    "a role that logs in": "ALTER ROLE langnghe_staff LOGIN",
    "a role past all policies": "ALTER ROLE langnghe_administrator BYPASSRLS",
    "a role in a role": "GRANT langnghe_staff TO langnghe_administrator",
    "a role that owns": "ALTER TABLE titles OWNER TO langnghe_staff",
    "a function of its owner": (
        "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM responses'"
    ),
    "a grant on what comes later": "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO langnghe_staff",
}


async def list_findings(connection: Connection) -> list[str]:
    """What stands open, in words; empty when nothing does."""
    found = [f"{row[0]} {trouble}" for trouble, statement in LOOSE.items() for row in await connection.fetch(statement)]
    read = {row[0] for row in await connection.fetch(RATING_COLUMNS)}
    return [
        *found,
        *(f"responses.{column} is read by {STAFF}" for column in sorted(read ^ OF_A_RATING)),
        *await list_loose_grants(connection),
        *await list_loose_policies(connection),
    ]


async def list_loose_grants(connection: Connection) -> list[str]:
    policies = await connection.fetch(POLICIES)
    found: list[str] = []
    for grant in await connection.fetch(GRANTS):
        role, table, deed = grant["role"], grant["table"], grant["deed"]
        if role == "PUBLIC" or (deed != "SELECT" and (role, table, deed) not in MAY_CHANGE):
            found.append(f"{role} may {deed} {table}")
        if grant["is_view"] or table in OPEN.get(role, set()):
            continue
        has_policy = any(
            policy["table"] == table and role in policy["roles"] and policy["cmd"] in {"ALL", COMMANDS.get(deed)}
            for policy in policies
        )
        if not (grant["is_guarded"] and has_policy):
            found.append(f"{table} has no guard against {deed} by {role}")
    return found


async def list_loose_policies(connection: Connection) -> list[str]:
    """Policies that are plainly true, or for every role there will ever be."""
    found: list[str] = []
    for policy in await connection.fetch(POLICIES):
        is_plain = "true" in {policy["qual"], policy["with_check"]}
        for role in policy["roles"]:
            if role == "public" or (role == STAFF and is_plain):
                found.append(f"{policy['name']} of {policy['table']} is open to {role}")
            if role == ADMINISTRATOR and is_plain and (role, policy["table"]) not in EVERY_ROW:
                found.append(f"{policy['name']} of {policy['table']} is open to {role}")
    return found


async def test_nothing_stands_open(connection: Connection) -> None:
    assert await list_findings(connection) == []


@pytest.mark.parametrize("plant", PLANTS)
async def test_a_planted_hole_is_found(connection: Connection, plant: str) -> None:
    await connection.execute(PLANTS[plant])
    assert await list_findings(connection) != []


async def test_the_lists_name_what_exists(connection: Connection) -> None:
    """A table that is gone would leave its exception behind for the next one of that name."""
    tables = {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    granted = {(row["role"], row["table"], row["deed"]) for row in await connection.fetch(GRANTS)}
    assert {table for opened in OPEN.values() for table in opened} <= tables
    assert granted >= MAY_CHANGE
    assert {(role, table, "SELECT") for role, opened in OPEN.items() for table in opened} <= granted


async def test_the_tables_of_ratings_are_found_by_their_columns(connection: Connection) -> None:
    everything = LOOSE["holds ratings and is read by administrators"].replace(
        "AND has_any_column_privilege('langnghe_administrator', c.oid, 'SELECT')", ""
    )
    found = {row[0] for row in await connection.fetch(everything)}
    assert found >= {"responses", "daily_counts", "weekly_counts", "release_scores", "supervision_alerts"}
