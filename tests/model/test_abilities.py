"""What is tried counts most, then what a token says; what nobody can tell is never said to work."""

from __future__ import annotations

import pytest

from reconciler.model.abilities import Attempt, Capability, Holder, Outcome, Standing, SurfaceStanding, ability, worst
from reconciler.model.fields import Surface

READ = Capability("read", Surface.APPS, delegated=("D.Read", "D.Write"), application=("A.Read",), role=True)
WRITE = Capability("write", Surface.APPS, delegated=("D.Write",), application=("A.Write", "A.All"), writes=True)
USERS = Capability("topology", Surface.TOPOLOGY, delegated=("D.Write",), writes=True)
ADMINISTRATOR = frozenset({"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"})


def user(*permissions: str, roles: frozenset[str] | None = ADMINISTRATOR) -> Holder:
    return Holder("c", is_user=True, permissions=frozenset(permissions), roles=roles)


def application(*permissions: str) -> Holder:
    return Holder("c", is_user=False, permissions=frozenset(permissions))


def tried(outcome: Outcome, why: str = "") -> Attempt:
    return Attempt("GET", "/x", READ, outcome, why=why)


def told(capability: Capability, holder: Holder | None, *attempts: Attempt, bare: bool = False) -> tuple[Standing, str]:
    found = ability(capability, attempts, holder, bare=bare)
    return found.standing, found.why


@pytest.mark.parametrize(
    ("capability", "holder", "why"),
    [
        (WRITE, application("A.All"), ""),
        (WRITE, application("D.Write"), "lacks one of A.Write, A.All (application)"),
        (WRITE, user("D.Write"), ""),
        (WRITE, user("D.Write", roles=None), ""),
        (WRITE, user("D.Write", roles=frozenset({"reader"})), "lacks the role "),
        (WRITE, user("D.Read"), "lacks D.Write (delegated)"),
        (USERS, application("A.All"), "needs a signed-in user with D.Write; documented for users only"),
        (USERS, application("D.Write"), ""),
    ],
)
def test_an_untried_write_stands_as_the_token_says(capability: Capability, holder: Holder, why: str) -> None:
    standing, said = told(capability, holder)
    assert standing is (Standing.LACKING if why else Standing.CLAIMED)
    assert said.startswith(why or "by the token's claims")


def test_what_was_tried_counts_more_than_what_a_token_says() -> None:
    assert told(READ, user("D.Read"), tried(Outcome.ANSWERED)) == (Standing.TRIED, "tried")
    assert told(READ, application(), tried(Outcome.ANSWERED)) == (Standing.TRIED, "tried")
    standing, why = told(READ, application("A.Read"), tried(Outcome.ANSWERED), tried(Outcome.REFUSED))
    assert standing is Standing.LACKING
    assert why.startswith("refused although the token names the permission")
    assert told(READ, application(), tried(Outcome.REFUSED)) == (Standing.LACKING, "lacks A.Read (application)")


def test_a_refusal_without_readable_claims_says_all_that_would_do() -> None:
    standing, why = told(READ, None, tried(Outcome.REFUSED))
    assert standing is Standing.LACKING
    assert why.startswith("needs one of D.Read, D.Write (delegated, and the role ")
    assert why.endswith(") or A.Read (application)")


def test_a_failure_is_no_refusal_and_no_success() -> None:
    assert told(READ, user("D.Read"), tried(Outcome.FAILED, "it broke")) == (Standing.UNKNOWN, "it broke")


def test_what_was_not_sent_takes_nothing_from_what_was() -> None:
    unsent = tried(Outcome.UNSENT, "no time")
    assert told(READ, user("D.Read"), unsent) == (Standing.UNKNOWN, "no time")
    assert told(READ, user("D.Read"), unsent, tried(Outcome.ANSWERED)) == (Standing.TRIED, "tried")


def test_some_refusals_among_answers_are_counted() -> None:
    _, why = told(READ, application("A.Read"), tried(Outcome.ANSWERED), tried(Outcome.REFUSED))
    assert why.endswith("(1 of 2 calls)")


def test_a_person_with_the_permission_who_is_refused_lacks_the_role_that_claims_do_not_tell() -> None:
    log = Capability("log", Surface.APPS, delegated=("L",), application=("L",), other_role="a role such as Reader")
    refusal = Attempt("GET", "/x", log, Outcome.REFUSED)
    assert told(log, user("L"), refusal) == (Standing.LACKING, "lacks a role such as Reader")
    assert log.needs == "L (delegated, and a role such as Reader) or L (application)"


def test_a_token_that_does_not_count_lets_nothing_be_done() -> None:
    for capability in (READ, WRITE):
        standing, why = told(capability, user("D.Write"), tried(Outcome.STRANGER, "it ran out"))
        assert (standing, why) == (Standing.LACKING, "the service does not accept the token: it ran out")


def test_without_a_token_a_write_is_allowed_where_reads_are() -> None:
    assert told(WRITE, None, tried(Outcome.ANSWERED), bare=True)[0] is Standing.CLAIMED
    assert told(WRITE, None, tried(Outcome.FAILED), bare=True)[0] is Standing.UNKNOWN
    assert told(WRITE, None)[0] is Standing.UNKNOWN


def test_the_words_of_a_permission_name_who_needs_it() -> None:
    assert USERS.needs.startswith("D.Write (delegated, and the role ")
    plain = Capability("read", Surface.TOPOLOGY, delegated=("D.Read",))
    assert plain.needs == "D.Read (delegated)"


def test_a_surface_can_be_read_where_every_read_was_let_through() -> None:
    def reads(*standings: Standing, problem: str = "") -> bool:
        abilities = tuple(ability(READ, (), None, bare=False) for _ in standings)
        made = [type(each)(READ, standing, "") for each, standing in zip(abilities, standings, strict=True)]
        return SurfaceStanding(Surface.APPS, "default", None, tuple(made), problem=problem).reads

    assert reads(Standing.TRIED, Standing.CLAIMED)
    assert not reads(Standing.TRIED, Standing.UNKNOWN)
    assert not reads(Standing.LACKING)
    assert not reads()
    assert not reads(Standing.TRIED, problem="nobody signs in")
    assert worst(()) is Standing.TRIED
