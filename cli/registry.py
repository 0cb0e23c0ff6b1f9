"""Every command: its module and its purpose.

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
    """Where a command is (`cli.module:attribute`) and its purpose, in one line."""

    target: str
    summary: str


GROUPS: dict[str, str] = {
    "config": "Settings of this ledger",
    "customer": "Customers and their data",
    "purchase": "Purchases, which make help cheaper",
    "session": "A help session, from the request to the deletion of its data",
    "invoice": "Billing documents: planned, issued, corrected, paid",
    "ksef": "KSeF, the Ministry's register of invoices",
    "ksef outage": "Announced failures of KSeF, which move deadlines",
    "payment": "Money that arrives: bank statements, matched with invoices",
    "tariff": "Price lists as published, and prices under another reading",
    "report": "Billing, sales and deletions of a period",
    "source": "Records of the remote tools, compared with the sessions",
    "period": "Months: their state, closing and reopening",
    "retention": "Personal data at the end of its retention time",
    "store": "The place where the ledger is kept",
    "audit": "The transparency log: sign, verify, prove",
    "audit key": "The key that signs the log",
    "audit anchor": "Witnesses outside the shop: time stamps and the daily outbox",
    "audit witness": "Cosignatures of a witness that watches the log",
}

COMMANDS: dict[str, Entry] = {
    # the ledger itself
    "init": Entry("cli.commands.init:init", "Make a ledger folder and publish the shop's price list"),
    "demo": Entry("cli.commands.demo:demo", "Run the main job on a sample month"),
    "status": Entry(
        "cli.commands.status:status", "List open sessions, and ended ones whose data is not deleted"
    ),
    "desk": Entry("cli.commands.desk:desk", "Open the ledger as a page in the browser"),
    "check": Entry("cli.commands.check:check", "Check every invariant of the ledger; silent when all hold"),
    "backup": Entry("cli.commands.backup:backup", "Make a consistent copy while others write"),
    "take-up": Entry("cli.commands.take_up:take_up", "Make a copy the ledger that is used"),
    "store copy": Entry(
        "cli.commands.store:copy", "Copy to PostgreSQL, or from there into a folder; same tree"
    ),
    "config show": Entry("cli.commands.config:show", "Show every setting and where it is set"),
    "config check": Entry("cli.commands.config:check", "Check ledger.toml for missing or wrong settings"),
    "config set": Entry("cli.commands.config:set_", "Change settings: KEY=VALUE…"),
    # customers and what they bought
    "customer import": Entry(
        "cli.commands.customer.import_:import_", "Import customers from a CSV or XLSX file"
    ),
    "customer add": Entry("cli.commands.customer.add:add", "Register a customer"),
    "customer update": Entry("cli.commands.customer.update:update", "Change the data of a customer"),
    "customer merge": Entry("cli.commands.customer.merge:merge", "Merge two entries of one customer"),
    "customer erase": Entry(
        "cli.commands.customer.erase:erase", "Record a request for erasure, or answer it"
    ),
    "customer export": Entry(
        "cli.commands.customer.export:export", "Export everything held about one person"
    ),
    "customer list": Entry("cli.commands.customer.list:list_", "List all customers"),
    "customer show": Entry("cli.commands.customer.show:show", "Show one customer, orders and sessions"),
    "purchase import": Entry("cli.commands.purchase:import_", "Import purchases from a CSV or XLSX file"),
    "purchase add": Entry("cli.commands.purchase:add", "Record a purchase"),
    "purchase list": Entry("cli.commands.purchase:list_", "List what customers bought"),
    "purchase return": Entry("cli.commands.purchase:return_", "Record that a purchase was returned"),
    # the life of a session
    "session import": Entry(
        "cli.commands.session.import_:import_", "Import sessions from a CSV or XLSX file"
    ),
    "session request": Entry("cli.commands.session.life:request", "Record that a customer asks for help"),
    "session quote": Entry(
        "cli.commands.session.life:quote", "Quote the price before connecting, and record it"
    ),
    "session accept": Entry(
        "cli.commands.session.life:accept", "Record that the customer agrees to the price"
    ),
    "session connect": Entry(
        "cli.commands.session.life:connect", "Record that a technician connects; billing time starts"
    ),
    "session disconnect": Entry(
        "cli.commands.session.life:disconnect", "Record a lost connection; the session goes on"
    ),
    "session end": Entry("cli.commands.session.life:end", "Record the end of the help; billing time stops"),
    "session cancel": Entry("cli.commands.session.life:cancel", "Close a request that will not be connected"),
    "session reclassify": Entry("cli.commands.session.amend:reclassify", "Change the issue from a moment on"),
    "session correct": Entry(
        "cli.commands.session.correct:correct", "Correct times, issue or other data from the start"
    ),
    "session void": Entry(
        "cli.commands.session.void:void", "Put a session aside that was recorded by mistake"
    ),
    "session waive": Entry(
        "cli.commands.session.waive:waive", "Waive a percentage, hours or an amount, as goodwill"
    ),
    "session note": Entry(
        "cli.commands.session.amend:note", "Record what was done, for questions about the invoice"
    ),
    "session confirm": Entry(
        "cli.commands.session.amend:confirm", "Confirm that a session over 48 h may be billed"
    ),
    "session workspace": Entry(
        "cli.commands.session.workspace:workspace", "Make or name the folder for a session's files"
    ),
    "session artefact": Entry(
        "cli.commands.session.workspace:artefact", "Note a file elsewhere that belongs to a session"
    ),
    "session purge": Entry(
        "cli.commands.session.purge:purge", "Delete a session's data, measured and recorded"
    ),
    "session certificate": Entry(
        "cli.commands.session.certificate:certificate", "Confirm a measured deletion, as PDF or JSON"
    ),
    "session hold": Entry(
        "cli.commands.session.hold:hold", "Keep a session's data for a reason, until a day"
    ),
    "session release": Entry("cli.commands.session.hold:release", "End the suspension of a deletion"),
    "session show": Entry("cli.commands.session.show:show", "Show one session with its events"),
    "session list": Entry("cli.commands.session.list:list_", "List sessions by state, customer or period"),
    "session explain": Entry(
        "cli.commands.session.explain:explain", "Explain each started hour: band, rule, quoted sentence"
    ),
    "session receipt": Entry(
        "cli.commands.session.receipt:receipt", "Record that a till receipt settles a session"
    ),
    "session invoice-request": Entry(
        "cli.commands.session.invoice_request:invoice_request", "Record that a consumer asks for an invoice"
    ),
    # billing documents
    "invoice draft": Entry(
        "cli.commands.invoice.draft:draft", "Plan the documents of a month, and what waits and why"
    ),
    "invoice issue": Entry(
        "cli.commands.invoice.issue:issue", "Issue invoices of a month, a customer or a session"
    ),
    "invoice correct": Entry(
        "cli.commands.invoice.correct:correct", "Issue a correction to what the sessions are rated at now"
    ),
    "invoice withdraw": Entry(
        "cli.commands.invoice.withdraw:withdraw", "Withdraw a document that KSeF rejected, to issue anew"
    ),
    "invoice show": Entry(
        "cli.commands.invoice.show:show", "Show one document; with --trace the source of each amount"
    ),
    "invoice list": Entry("cli.commands.invoice.list:list_", "List every document that was issued"),
    "invoice verify": Entry(
        "cli.commands.invoice.verify:verify", "Check if a file is a document that was issued"
    ),
    "invoice export": Entry(
        "cli.commands.invoice.export:export", "Write documents as PDF, XML, or a letter with both"
    ),
    "invoice statement": Entry(
        "cli.commands.invoice.statement:statement", "List a customer's sessions, the free ones too"
    ),
    "invoice submit": Entry(
        "cli.commands.invoice.submit:submit", "Send documents to KSeF, keep its receipts"
    ),
    "invoice paid": Entry("cli.commands.invoice.paid:paid", "Record a payment, of all or a part"),
    "invoice sent": Entry("cli.commands.invoice.sent:sent", "Record that a document was sent to the buyer"),
    "invoice received": Entry(
        "cli.commands.invoice.received:received", "Record that the buyer confirmed a document"
    ),
    # KSeF itself
    "ksef outage begin": Entry(
        "cli.commands.ksef.outage:begin", "Record that KSeF failed or is unavailable, as announced"
    ),
    "ksef outage end": Entry("cli.commands.ksef.outage:end", "Record that an outage of KSeF is over"),
    "ksef outage withdraw": Entry(
        "cli.commands.ksef.outage:withdraw", "Withdraw an outage that was recorded by mistake"
    ),
    "ksef outage list": Entry(
        "cli.commands.ksef.outage:list_", "List the outages of KSeF that were recorded"
    ),
    # money that arrives
    "payment import": Entry("cli.commands.payment.import_:import_", "Import transfers of a bank's file"),
    "payment list": Entry("cli.commands.payment.list:list_", "List transfers and the invoices they may pay"),
    "payment confirm": Entry(
        "cli.commands.payment.confirm:confirm", "Record proposed transfers as payments, once seen"
    ),
    "payment assign": Entry("cli.commands.payment.decide:assign", "Assign a transfer to invoices by hand"),
    "payment set-aside": Entry(
        "cli.commands.payment.decide:set_aside", "Set a transfer aside that pays no invoice"
    ),
    "payment returned": Entry(
        "cli.commands.payment.decide:returned", "Record that a transfer takes an earlier one back"
    ),
    "payment undo": Entry("cli.commands.payment.decide:undo", "Take a decision about a transfer back"),
    # prices
    "quote": Entry(
        "cli.commands.quote:quote", "Show the price of help now, or at a moment; nothing is recorded"
    ),
    "tariff show": Entry("cli.commands.tariff.show:show", "Show a price list"),
    "tariff list": Entry("cli.commands.tariff.list:list_", "List every published price list"),
    "tariff diff": Entry("cli.commands.tariff.diff:diff", "Show the lines in which two price lists differ"),
    "tariff check": Entry("cli.commands.tariff.check:check", "Lint a price list file"),
    "tariff publish": Entry("cli.commands.tariff.publish:publish", "Publish a price list"),
    "tariff new": Entry("cli.commands.tariff.new:new", "Write a new price list from another, with changes"),
    "tariff name": Entry("cli.commands.tariff.name:name", "Name a band of a published price list"),
    "tariff what-if": Entry(
        "cli.commands.tariff.what_if:what_if", "Rate a period under another reading of the price list"
    ),
    # what came of it
    "report billing": Entry(
        "cli.commands.report.billing:billing", "Report started hours and money by session and customer"
    ),
    "report month": Entry(
        "cli.commands.report.month:month",
        "Report a month to the owner: turnover, free help, nights, pictures",
    ),
    "report sessions": Entry(
        "cli.commands.report.sessions:sessions", "Report sessions and their connections"
    ),
    "report deletions": Entry(
        "cli.commands.report.deletions:deletions",
        "Report when each session's data was deleted, with evidence",
    ),
    "report sales": Entry("cli.commands.report.sales:sales", "Report the sales register, for the accountant"),
    "report receivables": Entry(
        "cli.commands.report.receivables:receivables", "Report unpaid invoices by age"
    ),
    "report reminder": Entry(
        "cli.commands.report.reminder:reminder", "Remind a customer of overdue invoices, with interest"
    ),
    "report balance": Entry(
        "cli.commands.report.balance:balance", "Ask a customer to confirm a balance, in two parts"
    ),
    "report till": Entry("cli.commands.report.till:till", "Report sessions settled by till receipts"),
    "report deletion-protocol": Entry(
        "cli.commands.report.deletion_protocol:protocol", "Report what was deleted, as a form to sign"
    ),
    "report deletion-register": Entry(
        "cli.commands.report.deletion_register:register", "Report every deletion of a period"
    ),
    "report person": Entry(
        "cli.commands.report.person:person", "Report what is held about one person, why and until when"
    ),
    "report shops": Entry(
        "cli.commands.report.shops:shops", "Report a period over the ledgers of many shops"
    ),
    "replay": Entry("cli.commands.replay:replay", "Derive the read models again from the first event"),
    "completion": Entry("cli.commands.completion:completion", "Print the completion script of a shell"),
    # what the remote tools recorded
    "source reconcile": Entry(
        "cli.commands.source.reconcile:reconcile", "Compare records with sessions, both ways"
    ),
    "source acknowledge": Entry(
        "cli.commands.source.decide:acknowledge", "Accept a finding, with the reason"
    ),
    "source match": Entry("cli.commands.source.decide:match", "Assign a record to a session"),
    "source dismiss": Entry(
        "cli.commands.source.decide:dismiss", "Take a record out of the comparison: nothing to bill"
    ),
    "source waive": Entry("cli.commands.source.decide:waive", "Bill a session without a record"),
    "period show": Entry("cli.commands.period:show", "Show the state of a month"),
    "period close": Entry("cli.commands.period:close", "Close a month; its fingerprint key is destroyed"),
    "period reopen": Entry("cli.commands.period:reopen", "Open a closed month again, for a reason"),
    "source import": Entry(
        "cli.commands.source.import_:import_", "Import a remote tool's records of connections"
    ),
    "source list": Entry(
        "cli.commands.source.list:list_", "List what was imported: records, files, quarantine"
    ),
    # personal data whose time is over
    "retention due": Entry(
        "cli.commands.retention:due", "List data to be erased, now and soon, and what is held"
    ),
    "retention run": Entry("cli.commands.retention:run", "Erase what is due"),
    # the transparency log
    "audit checkpoint": Entry("cli.commands.audit.log:checkpoint", "Sign the log at its present size"),
    "audit verify": Entry(
        "cli.commands.audit.verify:verify", "Compute every hash again and compare with what was signed"
    ),
    "audit prove": Entry(
        "cli.commands.audit.log:prove", "Write a proof of a session's events in the signed tree"
    ),
    "audit anchor request": Entry(
        "cli.commands.audit.anchor:request", "Write a time stamp request over the signed log"
    ),
    "audit anchor attach": Entry(
        "cli.commands.audit.anchor:attach", "Verify and keep the authority's answer"
    ),
    "audit anchor verify": Entry("cli.commands.audit.anchor:verify", "Verify every time stamp again"),
    "audit anchor list": Entry("cli.commands.audit.anchor:list_", "List every time stamp"),
    "audit anchor outbox": Entry(
        "cli.commands.audit.anchor:outbox", "Write the day's checkpoint as a file to send"
    ),
    "audit witness request": Entry(
        "cli.commands.audit.witness:request", "Write a request for a witness: checkpoint and proof"
    ),
    "audit witness attach": Entry(
        "cli.commands.audit.witness:attach", "Verify and keep a witness' cosignature"
    ),
    "audit witness list": Entry("cli.commands.audit.witness:list_", "List every cosignature"),
    "audit export": Entry(
        "cli.commands.audit.export:export", "Write a folder that an auditor checks without this program"
    ),
    "audit publish": Entry(
        "cli.commands.audit.publish:publish",
        "Bring a folder for a web server up to date: checkpoint, hash tiles",
    ),
    "audit visit": Entry(
        "cli.commands.audit.visit:visit", "Write what an inspector takes along; nothing is recorded"
    ),
    "audit sample": Entry(
        "cli.commands.audit.review:sample", "Draw sessions for a reviewer so that nobody can choose them"
    ),
    "audit review": Entry("cli.commands.audit.review:review", "Record what the reviewer found"),
    "audit key show": Entry("cli.commands.audit.log:key_show", "Show the public key that others verify with"),
    "audit key rotate": Entry("cli.commands.audit.log:key_rotate", "Sign with another key from now on"),
    "audit upgrade": Entry(
        "cli.commands.audit.log:upgrade", "Write the transparency log of a ledger made without one"
    ),
}
