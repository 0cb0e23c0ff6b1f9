"""Every command there is: where it stands and what it is for.

The name as typed → (module:attribute, one line). `--help` reads this table and imports none of the
modules; the order here is the order there. The attribute is a `click.Command`.
"""

from __future__ import annotations

from typing import NamedTuple

PROGRAM = "session-ledger"
DISTRIBUTION = "remote-session-ledger"
"""What is installed; the public index has another project under the name of the command."""
COMPLETION_VARIABLE = "_SESSION_LEDGER_COMPLETE"


def tool() -> str:
    """Return the program and its version, as documents name it."""
    from importlib.metadata import version

    return f"{PROGRAM} {version(DISTRIBUTION)}"


class Entry(NamedTuple):
    """Where a command stands (`cli.module:attribute`) and what it is for, in one line."""

    target: str
    summary: str


GROUPS: dict[str, str] = {
    "config": "What this ledger is told about its shop",
    "customer": "Who is helped",
    "purchase": "What customers bought, which makes their help cheaper",
    "session": "A help session, from the request to the deletion of its data",
    "invoice": "Billing documents: planned, issued, corrected, paid",
    "tariff": "The price list as published, and what another reading would cost",
    "report": "What is to be billed, and what is deleted",
    "source": "What the remote tools recorded, held against the sessions",
    "period": "The end of a month",
    "retention": "Personal data whose time is over",
    "store": "Where the ledger is kept",
    "audit": "The transparency log: sign it, verify it, prove what stands in it",
    "audit key": "The key that signs the log",
    "audit anchor": "Witnesses outside the shop: time stamps, and the daily outbox",
}

COMMANDS: dict[str, Entry] = {
    # the ledger itself
    "init": Entry("cli.commands.init:init", "Make a ledger folder and publish the shop's price list"),
    "demo": Entry("cli.commands.demo:demo", "See the main job done on a sample month"),
    "status": Entry("cli.commands.status:status", "What is open, and what ended and is not deleted"),
    "check": Entry("cli.commands.check:check", "Every invariant of the ledger; silent when all hold"),
    "backup": Entry("cli.commands.backup:backup", "A consistent copy while others write"),
    "take-up": Entry("cli.commands.backup:take_up", "Make a copy the ledger that is worked with"),
    "store copy": Entry("cli.commands.store:copy", "To PostgreSQL, or from there into a folder; same tree"),
    "config show": Entry("cli.commands.config:show", "Every setting and where it comes from"),
    "config check": Entry("cli.commands.config:check", "What is missing or wrong in the settings"),
    "config set": Entry("cli.commands.config:set_", "Change settings: KEY=VALUE…"),
    # customers and what they bought
    "customer import": Entry("cli.commands.customer.customer:import_", "Customers from a CSV or XLSX file"),
    "customer add": Entry("cli.commands.customer.customer:add", "Register a customer"),
    "customer update": Entry("cli.commands.customer.customer:update", "Change what is known of a customer"),
    "customer merge": Entry("cli.commands.customer.customer:merge", "Two entries were one customer"),
    "customer erase": Entry("cli.commands.customer.erase:erase", "A request for erasure, and its answer"),
    "customer export": Entry(
        "cli.commands.customer.export:export", "Everything held about one person, as files"
    ),
    "customer list": Entry("cli.commands.customer.customer:list_", "All customers"),
    "customer show": Entry(
        "cli.commands.customer.customer:show", "One customer, their purchases and sessions"
    ),
    "purchase import": Entry("cli.commands.purchase:import_", "Purchases from a CSV or XLSX file"),
    "purchase add": Entry("cli.commands.purchase:add", "Record a purchase"),
    "purchase return": Entry("cli.commands.purchase:return_", "Record that a purchase was returned"),
    # the life of a session
    "session import": Entry(
        "cli.commands.session.import_:import_", "Sessions in bulk from a CSV or XLSX file"
    ),
    "session request": Entry("cli.commands.session.life:request", "A customer asks for help"),
    "session quote": Entry("cli.commands.session.life:quote", "Tell the price before connecting; recorded"),
    "session accept": Entry("cli.commands.session.life:accept", "The customer said yes to the price"),
    "session connect": Entry("cli.commands.session.life:connect", "A technician connects; the clock runs"),
    "session disconnect": Entry(
        "cli.commands.session.life:disconnect", "The link was lost; the session goes on"
    ),
    "session end": Entry("cli.commands.session.life:end", "The help is over; the clock stops"),
    "session cancel": Entry("cli.commands.session.life:cancel", "A request that will not be connected"),
    "session reclassify": Entry(
        "cli.commands.session.amend:reclassify", "From a moment on it is another issue"
    ),
    "session correct": Entry("cli.commands.session.amend:correct", "It always was otherwise"),
    "session waive": Entry("cli.commands.session.amend:waive", "Goodwill: percent off, or hours free"),
    "session note": Entry("cli.commands.session.amend:note", "What was done, for the invoice's questions"),
    "session confirm": Entry("cli.commands.session.amend:confirm", "A session over 48 h may be billed"),
    "session workspace": Entry(
        "cli.commands.session.workspace:workspace", "The folder for a session's files"
    ),
    "session artefact": Entry(
        "cli.commands.session.workspace:artefact", "A file elsewhere that belongs to it"
    ),
    "session purge": Entry(
        "cli.commands.session.data:purge", "Delete a session's data, and record what was seen"
    ),
    "session certificate": Entry(
        "cli.commands.session.certificate:certificate", "Confirm a measured deletion, as PDF"
    ),
    "session hold": Entry(
        "cli.commands.session.data:hold", "Keep a session's data for a reason, until a day"
    ),
    "session release": Entry("cli.commands.session.data:release", "Let held data go"),
    "session show": Entry("cli.commands.session.show:show", "One session, everything that happened"),
    "session list": Entry("cli.commands.session.list:list_", "Sessions by state, customer or period"),
    "session explain": Entry(
        "cli.commands.session.show:explain", "Each started hour: band, rule, quoted sentence"
    ),
    "session receipt": Entry(
        "cli.commands.invoice.payments:receipt", "A till receipt settles it instead of an invoice"
    ),
    "session invoice-request": Entry(
        "cli.commands.invoice.payments:invoice_request", "A consumer asks for an invoice"
    ),
    # billing documents
    "invoice draft": Entry("cli.commands.invoice.list:draft", "What would be issued, and what waits and why"),
    "invoice issue": Entry(
        "cli.commands.invoice.issue:issue", "Issue invoices of a month, a customer or a session"
    ),
    "invoice correct": Entry(
        "cli.commands.invoice.correct:correct", "Turn an invoice into what its sessions come to"
    ),
    "invoice withdraw": Entry(
        "cli.commands.invoice.withdraw:withdraw", "Put aside what KSeF rejected, to issue anew"
    ),
    "invoice show": Entry(
        "cli.commands.invoice.list:show", "One document; with --trace all that it rests on"
    ),
    "invoice list": Entry("cli.commands.invoice.list:list_", "Every document that was issued"),
    "invoice verify": Entry("cli.commands.invoice.list:verify", "Whether a file is the one that was issued"),
    "invoice export": Entry(
        "cli.commands.invoice.export:export", "A document as PDF, XML, or a letter with both"
    ),
    "invoice statement": Entry(
        "cli.commands.invoice.export:statement", "A customer's sessions, the free ones too"
    ),
    "invoice submit": Entry(
        "cli.commands.invoice.submit:submit", "Send documents to KSeF, keep its receipts"
    ),
    "invoice paid": Entry("cli.commands.invoice.payments:paid", "The buyer paid, all or a part"),
    "invoice sent": Entry("cli.commands.invoice.payments:sent", "The document went out"),
    "invoice received": Entry("cli.commands.invoice.payments:received", "The buyer confirmed it"),
    # prices
    "quote": Entry("cli.commands.quote:quote", "The price of help now, or at a moment; nothing is recorded"),
    "tariff show": Entry("cli.commands.tariff.tariff:show", "The price list in force"),
    "tariff list": Entry("cli.commands.tariff.tariff:list_", "Every price list published"),
    "tariff diff": Entry("cli.commands.tariff.tariff:diff", "What two price lists say differently"),
    "tariff check": Entry("cli.commands.tariff.tariff:check", "Lint a price list file"),
    "tariff publish": Entry("cli.commands.tariff.tariff:publish", "Put a price list into force"),
    "tariff what-if": Entry("cli.commands.tariff.what_if:what_if", "What another reading would have cost"),
    # what came of it
    "report billing": Entry(
        "cli.commands.report.billing:billing", "Started hours and money by session and customer"
    ),
    "report sessions": Entry("cli.commands.report.sessions:sessions", "Sessions and their connections"),
    "report deletions": Entry(
        "cli.commands.report.deletions:deletions", "When each session's data were gone, and the evidence"
    ),
    "report sales": Entry("cli.commands.report.sales:sales", "The sales register, for the accountant"),
    "report receivables": Entry("cli.commands.report.sales:receivables", "What is still to be paid, by age"),
    "report till": Entry("cli.commands.report.sales:till", "Sessions settled by a receipt of the till"),
    "report deletion-protocol": Entry(
        "cli.commands.report.deletion_register:protocol", "What was deleted, a form to sign"
    ),
    "report deletion-register": Entry(
        "cli.commands.report.deletion_register:register", "Every deletion of a period"
    ),
    "report shops": Entry(
        "cli.commands.report.organisation:shops", "A period over the ledgers of many shops"
    ),
    "replay": Entry("cli.commands.replay:replay", "Derive the read models again from the first event"),
    "completion": Entry("cli.commands.completion:completion", "Print the completion script of a shell"),
    # what the remote tools recorded
    "source reconcile": Entry(
        "cli.commands.source.reconcile:reconcile", "Records against sessions, both ways: what does not fit"
    ),
    "source acknowledge": Entry("cli.commands.source.decide:acknowledge", "Say why a finding may stand"),
    "source match": Entry("cli.commands.source.decide:match", "A record is of this session"),
    "source dismiss": Entry("cli.commands.source.decide:dismiss", "A record is nothing to bill"),
    "source waive": Entry("cli.commands.source.decide:waive", "A session is billed without a record"),
    "period show": Entry("cli.commands.period:show", "How a month stands"),
    "period close": Entry("cli.commands.period:close", "Close a month; its fingerprint key is destroyed"),
    "period reopen": Entry("cli.commands.period:reopen", "Open a closed month again, for a reason"),
    "source import": Entry(
        "cli.commands.source.import_:import_", "Records of connections from a remote tool's files"
    ),
    "source list": Entry("cli.commands.source.list:list_", "What was taken in: records, imports, quarantine"),
    # personal data whose time is over
    "retention due": Entry("cli.commands.retention:due", "What is to be erased, what comes, what is held"),
    "retention run": Entry("cli.commands.retention:run", "Erase what is due"),
    # the transparency log
    "audit checkpoint": Entry("cli.commands.audit.log:checkpoint", "Sign the log as it stands"),
    "audit verify": Entry(
        "cli.commands.audit.verify:verify", "Compute everything again and compare with what was signed"
    ),
    "audit prove": Entry(
        "cli.commands.audit.log:prove", "A session's events proven in the signed tree, as a file"
    ),
    "audit anchor request": Entry(
        "cli.commands.audit.timestamp:request", "A time stamp request over the log as signed"
    ),
    "audit anchor attach": Entry("cli.commands.audit.timestamp:attach", "Keep the authority's answer"),
    "audit anchor verify": Entry("cli.commands.audit.timestamp:verify", "Look at every time stamp again"),
    "audit anchor list": Entry("cli.commands.audit.timestamp:list_", "Every time stamp that is kept"),
    "audit anchor outbox": Entry(
        "cli.commands.audit.timestamp:outbox", "The day's checkpoint as a file to send"
    ),
    "audit export": Entry(
        "cli.commands.audit.export:export", "A folder that an auditor checks without this program"
    ),
    "audit sample": Entry(
        "cli.commands.audit.review:sample", "Sessions for a reviewer, drawn so that nobody can pick"
    ),
    "audit review": Entry("cli.commands.audit.review:review", "What the reviewer found"),
    "audit key show": Entry("cli.commands.audit.log:key_show", "The public key that others verify with"),
    "audit key rotate": Entry("cli.commands.audit.log:key_rotate", "Sign with another key from now on"),
    "audit upgrade": Entry(
        "cli.commands.audit.log:upgrade", "Give a ledger made before it its transparency log"
    ),
}
