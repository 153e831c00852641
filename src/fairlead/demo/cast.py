"""The people of the made-up company: who they are, what they can do, when they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WORKSPACE: Final = "Harbour & Hale"

# name, parent, synonyms
SKILLS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("Software engineering", "", ()),
    ("Python", "Software engineering", ("py",)),
    ("Django", "Python", ()),
    ("JavaScript", "Software engineering", ("js", "ecmascript")),
    ("TypeScript", "JavaScript", ("ts",)),
    ("React", "JavaScript", ("reactjs",)),
    ("Swift", "Software engineering", ("ios",)),
    ("Kotlin", "Software engineering", ("android",)),
    ("SQL", "Software engineering", ("postgres", "postgresql")),
    ("DevOps", "Software engineering", ("sre", "infrastructure")),
    ("Testing", "", ("qa", "quality assurance")),
    ("Accessibility", "", ("a11y", "wcag")),
    ("Design", "", ()),
    ("UX design", "Design", ("user experience",)),
    ("UI design", "Design", ("figma", "interface design")),
    ("Branding", "Design", ("corporate design",)),
    ("Illustration", "Design", ()),
    ("Video editing", "Design", ("video", "motion")),
    ("Writing", "", ()),
    ("Copywriting", "Writing", ("content",)),
    ("Technical writing", "Writing", ("documentation",)),
    ("SEO", "", ("search engine optimisation",)),
    ("German", "", ("deutsch",)),
    ("French", "", ("français",)),
    ("Data analysis", "", ("analytics", "bi")),
    ("Customer support", "", ("helpdesk",)),
    ("Project management", "", ("delivery",)),
    ("Contract law", "", ("legal",)),
)

BERLIN, NEW_YORK, KOLKATA = ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Asia/Kolkata", "IN")


@dataclass(frozen=True)
class Person:
    """Somebody of the company. `skills` as "python 4, sql 3"; `rate` in euros an hour; `week_h` hours a week."""

    name: str
    role: str
    kind: str
    headline: str
    place: tuple[str, str]
    skills: str
    rate: int
    week_h: int = 40
    wants: str = ""
    avoids: str = ""
    max_tasks: int | None = 8
    lanes: int = 1
    about: str = ""

    @property
    def email(self) -> str:
        """Their address at the made-up company."""
        return self.name.split(" ")[0].lower() + "@harbour.example"


PEOPLE: Final[tuple[Person, ...]] = (
    Person(
        "Olga Brandt",
        "owner",
        "employee",
        "Managing director",
        BERLIN,
        "project management 5, branding 4, german 5",
        110,
        32,
        about="Founded the studio. Takes the calls that nobody else wants.",
    ),
    Person(
        "Alice Moreau",
        "manager",
        "employee",
        "Dispatcher",
        BERLIN,
        "project management 5, french 5, german 4, copywriting 3",
        80,
        wants="project management",
        about="Decides who does what, and says why.",
    ),
    Person(
        "Ben Okafor",
        "manager",
        "employee",
        "Engineering lead",
        NEW_YORK,
        "python 5, django 5, devops 4, sql 5, typescript 3",
        95,
        wants="django",
        avoids="frontend",
    ),
    Person(
        "Bob Lindqvist",
        "contributor",
        "employee",
        "Front-end engineer",
        BERLIN,
        "typescript 5, react 5, accessibility 4, ui design 2, testing 3",
        72,
        wants="accessibility, react",
    ),
    Person(
        "Mira Castellanos",
        "contributor",
        "employee",
        "Product designer",
        BERLIN,
        "ux design 5, ui design 5, accessibility 3, illustration 3",
        70,
        32,
        wants="ux design",
        about="Works four days a week.",
    ),
    Person(
        "Jonas Weber",
        "contributor",
        "employee",
        "Back-end engineer",
        BERLIN,
        "python 4, django 4, sql 4, testing 3, german 5",
        68,
    ),
    Person(
        "Priya Nair",
        "contributor",
        "employee",
        "Mobile engineer",
        KOLKATA,
        "kotlin 5, swift 4, typescript 3, testing 3",
        52,
        wants="swift",
    ),
    Person(
        "Arjun Mehta",
        "contributor",
        "employee",
        "Quality engineer",
        KOLKATA,
        "testing 5, python 3, accessibility 4, typescript 2",
        44,
        wants="testing",
    ),
    Person(
        "Sofia Ricci",
        "contributor",
        "employee",
        "Writer",
        BERLIN,
        "copywriting 5, technical writing 4, seo 4, french 4",
        58,
        avoids="legal",
    ),
    Person(
        "Tom Albright",
        "contributor",
        "employee",
        "Platform engineer",
        NEW_YORK,
        "devops 5, python 4, sql 4",
        88,
        wants="infrastructure",
    ),
    Person(
        "Grace Kim", "contributor", "employee", "Data analyst", NEW_YORK, "data analysis 5, sql 5, python 3, seo 3", 78
    ),
    Person(
        "Leo Fontaine",
        "contributor",
        "employee",
        "Support engineer",
        BERLIN,
        "customer support 5, javascript 3, sql 2, german 4, french 5",
        46,
        max_tasks=12,
    ),
    Person(
        "Dana Reyes",
        "contributor",
        "freelancer",
        "Front-end developer",
        NEW_YORK,
        "react 5, typescript 4, ui design 3",
        85,
        24,
        wants="react",
        avoids="support",
        max_tasks=4,
        about="Takes two days a week beside her own product.",
    ),
    Person(
        "Kofi Asante",
        "contributor",
        "freelancer",
        "Video editor and illustrator",
        BERLIN,
        "video editing 5, illustration 5, branding 3",
        62,
        30,
        max_tasks=4,
        wants="video",
    ),
    Person(
        "Hana Sato",
        "contributor",
        "freelancer",
        "iOS developer",
        BERLIN,
        "swift 5, ui design 2, testing 2",
        90,
        16,
        max_tasks=3,
    ),
    Person(
        "Emil Novak",
        "contributor",
        "freelancer",
        "Translator",
        BERLIN,
        "german 5, french 4, copywriting 4, seo 2",
        40,
        20,
        max_tasks=6,
    ),
    Person(
        "Ruth Adeyemi",
        "contributor",
        "freelancer",
        "Brand designer",
        NEW_YORK,
        "branding 5, illustration 4, ui design 4",
        92,
        20,
        max_tasks=3,
        wants="branding",
    ),
    Person(
        "Echo",
        "contributor",
        "agent",
        "Drafts texts and translations; a person reviews",
        ("UTC", ""),
        "copywriting 3, technical writing 3, german 3, french 3, seo 3",
        3,
        168,
        lanes=3,
        max_tasks=20,
        about="An AI agent. It submits drafts for review and can never mark its own work done.",
    ),
    Person(
        "Sable",
        "contributor",
        "agent",
        "Writes and runs tests; a person reviews",
        ("UTC", ""),
        "testing 4, python 3, typescript 3",
        4,
        168,
        lanes=2,
        max_tasks=20,
        about="An AI agent. It submits test suites for review and can never mark its own work done.",
    ),
)

# name, role in the workspace, the project that they see
GUESTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Clara Voss", "client", "WEB"),
    ("Cem Aydin", "client", "APP"),
    ("Ines Duarte", "client", "BRAND"),
    ("Audrey Chen", "auditor", ""),
)
