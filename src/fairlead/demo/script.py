"""The work of the made-up company: four projects and what is to be done in each.

One line is one task: title | needed skills with levels | effort in hours | labels | what it waits for (title).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Line:
    """A task as written in the script: needs by skill name, effort in minutes."""

    project: str
    title: str
    needs: dict[str, int]
    effort_min: int
    labels: tuple[str, ...]
    after: str


PROJECTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "WEB",
        "Northwind web shop",
        "Northwind Traders",
        "A new shop with a checkout that works on a phone, in three languages.",
    ),
    ("APP", "Helio mobile app", "Helio Energy", "See and steer the solar roof from the phone."),
    ("BRAND", "Orchard rebrand", "Orchard Foods", "A new face for a hundred-year-old jam maker."),
    ("CARE", "Support and care", "", "Everything that comes in after launch, for all clients."),
)

WEB: Final = """
Map the checkout as it is today | ux design 3 | 6 | research
Interview five shoppers | ux design 3 | 10 | research
Write the content model | technical writing 3 | 5 | content
Sketch three checkout flows | ux design 4 | 8 | design | Map the checkout as it is today
Design the product page | ui design 4 | 12 | design
Design tokens and type scale | ui design 4 | 8 | design
Set up staging and deploy pipeline | devops 4 | 10 | infrastructure
Model products, prices and stock | django 4, sql 3 | 12 | backend
Import the old catalogue | python 3, sql 3 | 9 | backend | Model products, prices and stock
Build the product page | react 4 | 14 | frontend | Design the product page
Build the basket | react 4, typescript 3 | 12 | frontend
Prices with VAT for six countries | django 4 | 10 | backend
Search with typo tolerance | sql 4 | 10 | backend
Checkout: address step | react 4 | 9 | frontend
Checkout: payment step | react 4 | 14 | frontend, payments | Checkout: address step
Payment provider webhooks | django 4 | 8 | backend, payments
Order mails in three languages | copywriting 3, german 3 | 5 | content
Translate the shop to German | german 4, copywriting 3 | 12 | content
Translate the shop to French | french 4, copywriting 3 | 12 | content
Keyboard path through the checkout | accessibility 4, react 3 | 6 | accessibility, frontend
Screen reader labels for the basket | accessibility 4 | 4 | accessibility
Audit colour contrast | accessibility 3 | 3 | accessibility
Product photos: crop and compress | illustration 2 | 5 | content
SEO titles for 400 products | seo 3 | 8 | content
Redirects from the old shop | devops 3 | 4 | infrastructure
Load test the checkout | testing 4 | 8 | testing
End-to-end tests for the checkout | testing 4, typescript 3 | 10 | testing
Tests for prices and VAT | testing 3, python 3 | 6 | testing
Returns and refunds | django 4 | 12 | backend, payments
Gift cards | django 4 | 16 | backend, frontend
Customer accounts | django 4 | 12 | backend
Order history page | react 3 | 8 | frontend | Customer accounts
Stock alerts by mail | django 3 | 5 | backend
Sales dashboard | data analysis 4, sql 4 | 10 | data
Cookie notice that respects people | typescript 3 | 4 | frontend
Terms of sale for six countries | contract law 3 | 8 | legal
Launch checklist | project management 4 | 3 | launch
Launch video, 45 seconds | video editing 4 | 12 | launch
"""

APP: Final = """
Shadow two installers for a day | ux design 4 | 10 | research
Write the API contract with Helio | python 4 | 6 | backend
Design the home screen | ui design 4, ux design 3 | 10 | design
Design the history charts | ui design 4 | 8 | design
Icon set for devices | illustration 4 | 10 | design
App skeleton for iOS | swift 4 | 10 | ios
App skeleton for Android | kotlin 4 | 10 | android
Sign in with the Helio account on iOS | swift 4 | 8 | ios | App skeleton for iOS
Sign in with the Helio account on Android | kotlin 4 | 8 | android | App skeleton for Android
Live power view on iOS | swift 4 | 12 | ios
Live power view on Android | kotlin 4 | 12 | android
History charts on iOS | swift 4 | 10 | ios | Design the history charts
History charts on Android | kotlin 4 | 10 | android | Design the history charts
Widget for the lock screen | swift 5 | 9 | ios
Push notifications service | python 4, devops 3 | 10 | backend
Notification when the roof stops | kotlin 3 | 5 | android
Offline mode | kotlin 4, swift 3 | 14 | android, ios
Tariff calculator | python 3, data analysis 3 | 8 | backend, data
Forecast for tomorrow's sun | data analysis 4, python 3 | 14 | data
Crash reporting | devops 3 | 4 | infrastructure
Beta channel for 50 households | devops 3 | 5 | launch
Interview beta households | ux design 3 | 8 | research | Beta channel for 50 households
Screen reader pass on Android | accessibility 4 | 6 | accessibility
Dynamic type on iOS | swift 4 | 5 | accessibility, ios
Test plan for the beta | testing 4 | 5 | testing
Device farm runs | testing 3 | 6 | testing
Contract tests against the Helio API | testing 4, python 3 | 7 | testing
Help texts in the app | technical writing 3 | 5 | content
German app texts | german 4 | 6 | content
French app texts | french 4 | 6 | content
Store pages | copywriting 3, seo 2 | 4 | launch
Store screenshots | ui design 3 | 5 | launch
Privacy statement for meter data | contract law 4 | 6 | legal
Battery modes: design | ux design 4 | 6 | design
Battery modes: build on Android | kotlin 4 | 10 | android | Battery modes: design
Battery modes: build on iOS | swift 4 | 10 | ios | Battery modes: design
Energy report as PDF | python 3 | 7 | backend
Usage analytics without tracking people | data analysis 3 | 6 | data
"""

BRAND: Final = """
Visit the orchard and the archive | branding 3 | 8 | research
Collect a hundred years of labels | branding 2 | 6 | research
Interview shop owners | ux design 3 | 8 | research
Three directions for the mark | branding 5 | 20 | design
Choose a typeface | branding 4 | 5 | design
Draw the new mark | branding 5, illustration 3 | 16 | design | Three directions for the mark
Colour system for 24 flavours | branding 4 | 10 | design
Label template | branding 4, ui design 3 | 10 | design | Draw the new mark
Fruit illustrations, first twelve | illustration 5 | 24 | illustration
Fruit illustrations, second twelve | illustration 5 | 24 | illustration | Fruit illustrations, first twelve
Brand voice guide | copywriting 4 | 8 | content
Label texts in German | german 4, copywriting 3 | 6 | content
Label texts in French | french 4, copywriting 3 | 6 | content
Print proofs with the printer | branding 3, project management 2 | 6 | print
Shop window kit | branding 3 | 8 | print
Van lettering | branding 3 | 4 | print
Brand film, script | copywriting 4 | 6 | film
Brand film, shoot | video editing 5 | 16 | film | Brand film, script
Brand film, cut | video editing 5 | 18 | film | Brand film, shoot
Website: content audit | seo 3, copywriting 3 | 6 | website
Website: new home page | react 3, ui design 3 | 10 | website
Website: store finder | typescript 3, python 2 | 10 | website
Website: recipes section | react 3 | 8 | website
Packaging photography brief | branding 3 | 3 | print
Press kit | copywriting 3 | 5 | launch
Launch party invitation | illustration 3 | 3 | launch
Trade-mark search | branding 4 | 6 | legal
Brand guidelines as a site | react 3 | 12 | website
Training for the sales team | project management 3 | 4 | launch
Social templates | ui design 3 | 6 | launch
"""

CARE: Final = """
Checkout fails for Swiss postcodes | django 3 | 3 | bug
Slow product search on Mondays | sql 4 | 5 | bug, performance
Upgrade PostgreSQL | devops 4, sql 3 | 6 | infrastructure
Rotate the certificates | devops 3 | 1 | infrastructure
Restore drill from backup | devops 4 | 4 | infrastructure
Answer the weekly support queue | customer support 3 | 8 | support
Macro answers in German | customer support 3, german 3 | 3 | support
Macro answers in French | customer support 3, french 3 | 3 | support
Broken images on old browsers | javascript 3 | 3 | bug
Fix the newsletter unsubscribe | django 3 | 2 | bug
Accessibility complaint: focus is lost | accessibility 4, typescript 3 | 4 | bug, accessibility
Export orders for the accountant | sql 3, python 3 | 3 | data
Monthly uptime report | data analysis 3 | 2 | data
Spam through the contact form | python 3 | 3 | bug
Wrong VAT on gift baskets | django 4 | 4 | bug, payments
Android crash on rotation | kotlin 4 | 3 | bug
iOS widget shows yesterday | swift 4 | 4 | bug
Document the on-call runbook | devops 3 | 5 | docs
Onboarding guide for new clients | technical writing 3 | 6 | docs
Clean up feature flags | typescript 3 | 4 | maintenance
Renew domain names | project management 1 | 1 | maintenance
Dependency updates, November | python 3, typescript 3 | 5 | maintenance
Penetration test findings | devops 4, django 4 | 8 | security
Two-step sign-in for shop admins | django 4 | 6 | security
Dashboard for support times | data analysis 3, sql 3 | 6 | data
Customer survey | data analysis 2 | 4 | research
Regression tests for the basket | testing 3, typescript 2 | 5 | testing
Translate the status page | german 3, french 3 | 2 | content
Refund stuck for order 20481 | customer support 3, sql 2 | 1 | support
Training video for the shop admin | video editing 3 | 8 | support
COBOL feed from the old warehouse | cobol 3 | 10 | backend
Load balancer drops long requests | devops 5 | 5 | bug, infrastructure
Quarterly security review | devops 4 | 8 | security
Answer the press about the outage | copywriting 4 | 2 | support
Data retention clean-up | sql 4, python 3 | 5 | maintenance
Print style for invoices | ui design 2, javascript 2 | 3 | maintenance
Search log review | seo 3, data analysis 2 | 3 | data
Invoice numbers skip in January | django 4, sql 3 | 4 | bug, payments
Feedback widget | react 3 | 5 | frontend
Dark mode for the admin | ui design 3, typescript 3 | 6 | frontend
"""


def lines() -> list[Line]:
    """Every task of the script, project by project."""
    texts = (("WEB", WEB), ("APP", APP), ("BRAND", BRAND), ("CARE", CARE))
    return [_line(key, text) for key, script in texts for text in script.strip().splitlines()]


def _line(key: str, text: str) -> Line:
    title, needs, effort_h, labels, *after = (part.strip() for part in text.split("|"))
    return Line(
        project=key,
        title=title,
        needs=levels(needs),
        effort_min=int(effort_h) * 60,
        labels=tuple(label.strip() for label in labels.split(",")),
        after=after[0] if after else "",
    )


def levels(text: str) -> dict[str, int]:
    """`python 4, ux design 3` as {python: 4, ux design: 3}."""
    pairs = (part.strip().rpartition(" ") for part in text.split(",") if part.strip())
    return {name: int(level) for name, _, level in pairs}


COMMENTS: Final = (
    "First version is up on staging, please have a look.",
    "I will need one more hour for this than planned.",
    "Talked to the client: they like it, with the smaller headline.",
    "Blocked by the missing access since this morning; asked again.",
    "Done as described. The second criterion was already met by the last change.",
    "Could somebody with a fresh eye read this before I hand it in?",
    "The estimate was too low: the old data has no dates before 2019.",
    "Paired on this with a colleague, went faster than expected.",
)
CLIENT_COMMENTS: Final = (
    "Thank you, this looks just right.",
    "Could the button say what happens next?",
    "We showed this to our sales team; they are happy.",
)
