"""A small world made by hand, for steps that read no store. All people and desks are demo ones."""

from bots.unit_tree import DeskEntry, ProvinceEntry, UnitEntry, UnitTree, fold_name
from feedback.tables.desk_views import DeskView, OfficialChoice, ProcedureChoice
from surveys.codes import make_desk_code

BUSY = make_desk_code(1)  # two officials, two procedures
QUIET = make_desk_code(2)  # one official, one procedure
LONE = make_desk_code(3)  # one official, two procedures; the only desk of its unit
PAIR = make_desk_code(4)  # two officials, one procedure; the only desk of its unit
NOBODYS = make_desk_code(5)  # stands, but no desk has it


def make_view(code: str, unit_id: int, number: str, officials: int, procedures: int) -> DeskView:
    desk_id = unit_id * 10 + int(number)
    return DeskView(
        code=code,
        desk_id=desk_id,
        number=number,
        name=f"Quầy mẫu {number}",
        unit_id=unit_id,
        unit_code=f"mau-{unit_id}",
        unit_name=f"Trung tâm Phục vụ hành chính công số {unit_id} (mẫu)",
        officials=tuple(
            OfficialChoice(desk_id * 10 + i, f"demo-{desk_id}-{i}", f"Cán bộ mẫu {i}", 1, "Công chức")
            for i in range(1, officials + 1)
        ),
        procedures=tuple(
            ProcedureChoice(desk_id * 10 + i, f"9.{desk_id}{i}", f"Thủ tục mẫu {i}", 0)
            for i in range(1, procedures + 1)
        ),
    )


VIEWS = {
    view.code: view
    for view in (
        make_view(BUSY, 1, "1", 2, 2),
        make_view(QUIET, 1, "2", 1, 1),
        make_view(LONE, 2, "1", 1, 2),
        make_view(PAIR, 3, "1", 2, 1),
    )
}


def make_unit(unit_id: int, place: str, province: str, *codes: str) -> UnitEntry:
    name = f"Trung tâm Phục vụ hành chính công {place[0].lower()}{place[1:]} (mẫu)"
    desks = tuple(DeskEntry(code, VIEWS[code].number, VIEWS[code].name) for code in codes if code in VIEWS)
    return UnitEntry(unit_id, name, place, province, desks, fold_name(f"{name} {place}"))


def make_tree(*units: UnitEntry, **provinces: str) -> UnitTree:
    return UnitTree(
        provinces=tuple(
            ProvinceEntry(code.removeprefix("p"), name, fold_name(name)) for code, name in provinces.items()
        ),
        units={unit.unit_id: unit for unit in units},
        by_province={
            code.removeprefix("p"): tuple(unit for unit in units if unit.province_code == code.removeprefix("p"))
            for code in provinces
        },
    )


TREE = make_tree(
    make_unit(1, "Phường Tân Thành", "96", BUSY, QUIET),
    make_unit(2, "Xã Đất Mũi", "96", LONE),
    make_unit(3, "Phường Tân Hòa", "79", PAIR),
    *(make_unit(100 + i, f"Xã Mẫu {i}", "79", PAIR) for i in range(20)),
    p79="Thành phố Hồ Chí Minh",
    p96="Tỉnh Cà Mau",
)
ONE_PROVINCE = make_tree(make_unit(1, "Phường Tân Thành", "96", BUSY, QUIET), p96="Tỉnh Cà Mau")
NO_PLACES = make_tree()
