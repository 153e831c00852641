"""Files of the made-up company: two drafts of a mark with pins on them, a note and a screenshot, drawn by script."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.blobs import INCOMING, private_folder
from fairlead.lib.pictures import draw, png
from fairlead.work import actions as work
from fairlead.work.files import from_bytes, store
from fairlead.work.models import Attachment, AttachmentVersion, Task

if TYPE_CHECKING:
    from fairlead.demo.company import Company

SIZE: Final = (1200, 800)
PAPER, LEAF, JAM, INK = "#f6f1e7", "#4f7a3a", "#b3263a", "#2b2320"
BRIEF: Final = """Orchard Foods – what the mark has to do

1. It must work at 12 mm on a lid.
2. One colour has to be enough for the cardboard box.
3. The word stays: people ask for "Orchard" in the shop.

Not wanted: cherries with faces.
"""


def attach(company: Company, *, now: datetime) -> None:
    """Drafts on the task of the mark, with what the client and the team say about them."""
    task = Task.objects.select_related("project", "assignee").filter(title="Draw the new mark").first()
    shop = Task.objects.select_related("project", "assignee").filter(title="Design the product page").first()
    alice, ines = company.alice, company.actors["Ines"]
    if task is not None:
        logo = _logo(task, alice, ines, now)
        _talk(task, logo, alice, ines, now)
    if shop is not None:
        picture = from_bytes("product page.png", _page())
        _drawn(work.add_attachment(shop, picture, for_client=True, actor=alice, now=now), now)


def _logo(task: Task, alice: Actor, ines: Actor, now: datetime) -> Attachment:
    first = from_bytes("orchard mark, draft.png", _mark(first=True))
    logo = work.add_attachment(task, first, for_client=True, actor=alice, now=now)
    version = _drawn(logo, now)
    small = work.set_pin(version, "The leaf gets lost on a small lid. Can it be bolder?", x=0.575, y=0.2,
                         internal=False, actor=ines, now=now)  # fmt: skip
    work.answer_pin(small, "Yes: version 2 has half as many veins.", actor=alice, now=now)
    work.set_pin(version, "Kerning of r and c is too loose.", x=0.42, y=0.83, internal=True, actor=alice, now=now)
    second = from_bytes("orchard mark, draft 2.png", _mark(first=False))
    work.add_version(logo, second, actor=alice, now=now)
    version = _drawn(logo, now)
    work.resolve_pin(small, actor=ines, now=now)
    work.set_pin(version, "This red is closer to our oldest label. Lovely.", x=0.5, y=0.5, internal=False,
                 actor=ines, now=now)  # fmt: skip
    work.set_pin(version, "Try the word in small capitals, too.", x=0.36, y=0.82, internal=True, actor=alice, now=now)
    return logo


def _talk(task: Task, logo: Attachment, alice: Actor, ines: Actor, now: datetime) -> None:
    work.add_attachment(task, from_bytes("brief.txt", BRIEF.encode()), for_client=False, actor=alice, now=now)
    said = work.add_comment(
        task, f"Version 2 of the {logo.name.split(',')[0]} is there. What do you think, Ines?", internal=False,
        actor=alice, now=now,
    )  # fmt: skip
    work.add_reaction(said, "love", actor=ines, now=now)
    inside = work.add_comment(
        task, "If she likes it, we can invoice the second part.", internal=True, actor=alice, now=now
    )
    work.edit_comment(inside, "If she likes it, we invoice the second part this week.", actor=alice, now=now)


def _drawn(attachment: Attachment, now: datetime) -> AttachmentVersion:
    """The current version, drawn for looking at here and now: no worker runs yet."""
    attachment.refresh_from_db()
    found = AttachmentVersion.objects.select_related("attachment__task__project")
    version = found.get(attachment=attachment, number=attachment.revision)
    with TemporaryDirectory(dir=private_folder(config().files_path / INCOMING)) as folder:
        drawn = draw(store(version.workspace_id).path(version.sha256), Path(folder))
        work.keep_drawing(version, drawn, now=now)
    version.refresh_from_db()
    return version


def _mark(*, first: bool) -> bytes:
    """A round fruit with a leaf above the word; the second draft has a deeper red and a bolder leaf."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.ellipse((440, 210, 760, 530), fill="#d0525e" if first else JAM)
    pen.ellipse((520, 260, 590, 330), fill="#e8939a" if first else "#d4606d")
    pen.line((600, 230, 612, 140), fill=INK, width=10 if first else 16)
    pen.chord((600, 90, 800 if first else 830, 230), 160, 350, fill=LEAF)
    for step in range(6 if first else 3):
        pen.line((640 + step * 24, 190, 660 + step * 24, 130), fill=PAPER, width=3 if first else 6)
    pen.text((600, 660), "o r c h a r d" if first else "orchard", fill=INK, font=_font(120), anchor="mm")
    pen.text((600, 750), "since 1924", fill="#8b7d6b", font=_font(34), anchor="mm")
    return png(image)


def _page() -> bytes:
    """A product page in outline."""
    image = Image.new("RGB", SIZE, "#ffffff")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 1200, 72), fill="#123b5d")
    pen.text((40, 36), "Northwind", fill="#ffffff", font=_font(30), anchor="lm")
    pen.rounded_rectangle((40, 112, 560, 632), 16, fill="#e7edf3")
    pen.ellipse((180, 232, 420, 512), fill="#c78b4a")
    for row in range(3):
        pen.rounded_rectangle((40 + row * 180, 656, 200 + row * 180, 776), 10, fill="#e7edf3")
    pen.text((610, 150), "Rain jacket Fjord", fill="#16202b", font=_font(46), anchor="lm")
    pen.text((610, 214), "€129.00", fill="#123b5d", font=_font(38), anchor="lm")
    for row in range(5):
        pen.rounded_rectangle((610, 272 + row * 34, 1120 - row * 40, 288 + row * 34), 6, fill="#d5dde5")
    pen.rounded_rectangle((610, 480, 900, 552), 12, fill="#d9822b")
    pen.text((755, 516), "Add to basket", fill="#ffffff", font=_font(28), anchor="mm")
    return png(image)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
