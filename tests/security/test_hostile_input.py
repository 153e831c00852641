"""Crafted links, names and forms do what plain ones do."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts.test_sign_in import PASSWORD
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.mails import send
from fairlead.lib.text import markdown

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "http:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example\n",
    "//evil.example/%2f..",
    "/\r\nLocation: https://evil.example",
    "https://127.0.0.1@evil.example",
    "//127.0.0.1@evil.example",
    "/\x00//evil.example",
    "///\\evil.example",
    "//⒠vil.example",
    "https://testserver.evil.example",
    "//testserver@evil.example/",
    "ftp://evil.example",
    "/\u2028/evil.example",
    "",
    "?next=//evil.example",
    "#//evil.example",
]
HERE = ["/", "/projects/", "/tasks/WEB-1/?tab=2&q=a%20b#comments", "/join/fli_abc/"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_leads_nowhere_else(world: World, target: str) -> None:
    response = Client().post("/sign-in/", {"email": "bob@example.com", "password": PASSWORD, "next": target})
    assert response.headers["Location"] == "/"
    signed_in = Client()
    signed_in.force_login(world.bob.user)
    assert signed_in.get("/sign-in/?next=" + quote(target)).headers["Location"] == "/"


@pytest.mark.parametrize("target", HERE)
def test_sign_in_leads_back_to_where_somebody_wanted_to_go(world: World, target: str) -> None:
    response = Client().post("/sign-in/", {"email": "bob@example.com", "password": PASSWORD, "next": target})
    assert response.headers["Location"] == target


def test_who_has_to_sign_in_comes_back_to_the_page_with_its_question(world: World) -> None:
    asked = Client().get("/activity/?kind=task&person=3")
    assert asked.headers["Location"] == "/sign-in/?next=%2Factivity%2F%3Fkind%3Dtask%26person%3D3"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "{{ 7919*7919 }}",
    "{% raw %}",
    "${7919*7919}",
    "<%= 7919*7919 %>",
    "<a href=javascript:alert(1)>x</a>",
    "\u202egnp.exe",
    "\ufeff",
    "Robert'); DROP TABLE tasks;--",
    "%s%s%n",
    "../../etc/passwd",
    "\x1b[31mred",
    "a" * 119,
    "🤷🏽‍♀️ Zoë 李",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_was_typed_and_runs_nowhere(world: World, name: str) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    response = browser.post("/settings/", {"name": name, "time_zone": "UTC"})
    assert response.status_code in (302, 422)
    for address in ("/settings/", "/settings/members/", "/activity/", "/projects/"):
        page = browser.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert str(7919 * 7919) not in page


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 100_000])
def test_what_cannot_be_stored_is_refused_beside_the_field(world: World, text: str) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    typed = quote(text.encode("utf-8", "surrogatepass"))

    def post(client: Client, address: str, form: str) -> int:
        return client.post(address, form, content_type="application/x-www-form-urlencoded").status_code

    assert post(browser, "/settings/", f"name={typed}&time_zone=UTC") in (302, 422)
    assert post(Client(), "/sign-in/", f"email={typed}&password={typed}") == 422
    assert post(Client(), "/sign-in/link/", f"email={typed}") == 422


def test_a_subject_stays_one_line(world: World, mailoutbox: list) -> None:  # type: ignore[type-arg]
    send(
        "sign_in_link",
        "bob@example.com",
        "Hello\r\nBcc: evil@example.com",
        name="<b>Bob</b>",
        url="https://x.example/y",
    )
    message = mailoutbox[0]
    assert message.subject == "Hello Bcc: evil@example.com"
    assert message.recipients() == ["bob@example.com"]
    assert "<b>Bob</b>" in message.body
    assert "&lt;b&gt;Bob&lt;/b&gt;" in message.alternatives[0][0]


@pytest.mark.parametrize(
    "address", ["bob@example.com\nBcc: evil@example.com", "bob@example.com,evil@example.com", "@", "a@b"]
)
def test_an_invitation_goes_to_one_plain_address(world: World, address: str) -> None:
    from fairlead.lib.errors import Invalid

    with pytest.raises(Invalid):
        actions.invite(address, "manager", actor=world.olga.actor, now=timezone.now())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/beacon.png)",
        "<a href='vbscript:x'>x</a>",
        "<svg><animate onbegin=alert(1)>",
        "<iframe src=//evil.example>",
        "[x](&#106;avascript:alert(1))",
        "<style>*{}</style>",
        "<form action=//evil.example><input>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "`<script>`",
        "[a]: javascript:alert(1)\n[a]",
        '<https://evil.example/"onmouseover=x>',
        "| <b onclick=x> |\n|-|\n| y |",
        '[x](//evil.example "\' onclick=x")',
        "<x-y onfocus=alert(1) tabindex=1>",
    ],
)
def test_markdown_becomes_harmless_html(text: str) -> None:
    import re

    html = markdown(text)
    tags = re.findall(r"<(\w[\w-]*)((?:\s[^<>]*)?)>", html)
    assert {tag for tag, _ in tags} <= {
        "p",
        "a",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "em",
        "strong",
    }
    attributes = [
        name.lower() for _, inside in tags for name in re.findall(r"([\w-]+)=", re.sub(r'"[^"]*"', '""', inside))
    ]
    assert set(attributes) <= {"href", "title", "rel"}
    assert all(
        link.startswith(("https://", "http://", "mailto:", "//")) for link in re.findall(r'href="([^"]*)"', html)
    )


@pytest.mark.parametrize(
    "query",
    ["owner__password__startswith=a", "kind__contains=x", "before=-1", "person=1 OR 1=1", "before=1e5", "kind=%27"],
)
def test_names_and_values_of_queries_reach_no_lookup(world: World, query: str) -> None:
    browser = Client()
    browser.force_login(world.alice.user)
    assert browser.get(f"/activity/?{query}").status_code == 200
    assert browser.get(f"/tasks/?{query}").status_code == 200
    assert browser.get(f"/people/?{query}").status_code == 200
