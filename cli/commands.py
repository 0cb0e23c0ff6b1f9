"""Every command there is: where it stands and what it is for.

The name as typed → (module:attribute, one line). `--help` reads this table and imports none of the
modules; the order here is the order there. The attribute is a `click.Command`.
"""

from __future__ import annotations

from typing import NamedTuple


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
    "init": Entry("cli.init:init", "Make a ledger folder and publish the shop's price list"),
    "demo": Entry("cli.demo:demo", "See the main job done on a sample month"),
    "status": Entry("cli.status:status", "What is open, and what ended and is not deleted"),
    "check": Entry("cli.check:check", "Every invariant of the ledger; silent when all hold"),
    "backup": Entry("cli.backup:backup", "A consistent copy while others write"),
    "take-up": Entry("cli.backup:take_up", "Make a copy the ledger that is worked with"),
    "store copy": Entry("cli.store:copy", "To PostgreSQL, or from there into a folder; same tree"),
    "config show": Entry("cli.config:show", "Every setting and where it comes from"),
    "config check": Entry("cli.config:check", "What is missing or wrong in the settings"),
    "config set": Entry("cli.config:set_", "Change settings: KEY=VALUE…"),
    # customers and what they bought
    "customer import": Entry("cli.customer:import_", "Customers from a CSV or XLSX file"),
    "customer add": Entry("cli.customer:add", "Register a customer"),
    "customer update": Entry("cli.customer:update", "Change what is known of a customer"),
    "customer merge": Entry("cli.customer:merge", "Two entries were one customer"),
    "customer erase": Entry("cli.customer_erase:erase", "A request for erasure, and its answer"),
    "customer export": Entry("cli.customer_export:export", "Everything held about one person, as files"),
    "customer list": Entry("cli.customer:list_", "All customers"),
    "customer show": Entry("cli.customer:show", "One customer, their purchases and sessions"),
    "purchase import": Entry("cli.purchase:import_", "Purchases from a CSV or XLSX file"),
    "purchase add": Entry("cli.purchase:add", "Record a purchase"),
    "purchase return": Entry("cli.purchase:return_", "Record that a purchase was returned"),
    # the life of a session
    "session import": Entry("cli.session_import:import_", "Sessions in bulk from a CSV or XLSX file"),
    "session request": Entry("cli.session_life:request", "A customer asks for help"),
    "session quote": Entry("cli.session_life:quote", "Tell the price before connecting; recorded"),
    "session accept": Entry("cli.session_life:accept", "The customer said yes to the price"),
    "session connect": Entry("cli.session_life:connect", "A technician connects; the clock runs"),
    "session disconnect": Entry("cli.session_life:disconnect", "The link was lost; the session goes on"),
    "session end": Entry("cli.session_life:end", "The help is over; the clock stops"),
    "session cancel": Entry("cli.session_life:cancel", "A request that will not be connected"),
    "session reclassify": Entry("cli.session_mend:reclassify", "From a moment on it is another issue"),
    "session correct": Entry("cli.session_mend:correct", "It always was otherwise"),
    "session waive": Entry("cli.session_mend:waive", "Goodwill: percent off, or hours free"),
    "session note": Entry("cli.session_mend:note", "What was done, for the invoice's questions"),
    "session confirm": Entry("cli.session_mend:confirm", "A session over 48 h may be billed"),
    "session workspace": Entry("cli.session_workspace:workspace", "The folder for a session's files"),
    "session artefact": Entry("cli.session_workspace:artefact", "A file elsewhere that belongs to it"),
    "session purge": Entry("cli.session_purge:purge", "Delete a session's data, and record what was seen"),
    "session certificate": Entry(
        "cli.session_certificate:certificate", "Confirm a measured deletion, as PDF"
    ),
    "session hold": Entry("cli.session_purge:hold", "Keep a session's data for a reason, until a day"),
    "session release": Entry("cli.session_purge:release", "Let held data go"),
    "session show": Entry("cli.session_show:show", "One session, everything that happened"),
    "session list": Entry("cli.session_list:list_", "Sessions by state, customer or period"),
    "session explain": Entry("cli.session_show:explain", "Each started hour: band, rule, quoted sentence"),
    "session receipt": Entry("cli.invoice_life:receipt", "A till receipt settles it instead of an invoice"),
    "session invoice-request": Entry("cli.invoice_life:invoice_request", "A consumer asks for an invoice"),
    # billing documents
    "invoice draft": Entry("cli.invoice:draft", "What would be issued, and what waits and why"),
    "invoice issue": Entry("cli.invoice_issue:issue", "Issue invoices of a month, a customer or a session"),
    "invoice correct": Entry("cli.invoice_correct:correct", "Turn an invoice into what its sessions come to"),
    "invoice withdraw": Entry("cli.invoice_withdraw:withdraw", "Put aside what KSeF rejected, to issue anew"),
    "invoice show": Entry("cli.invoice:show", "One document; with --trace all that it rests on"),
    "invoice list": Entry("cli.invoice:list_", "Every document that was issued"),
    "invoice verify": Entry("cli.invoice:verify", "Whether a file is the one that was issued"),
    "invoice export": Entry("cli.invoice_paper:export", "A document as PDF, XML, or a letter with both"),
    "invoice statement": Entry("cli.invoice_paper:statement", "A customer's sessions, the free ones too"),
    "invoice submit": Entry("cli.invoice_submit:submit", "Send documents to KSeF, keep its receipts"),
    "invoice paid": Entry("cli.invoice_life:paid", "The buyer paid, all or a part"),
    "invoice sent": Entry("cli.invoice_life:sent", "The document went out"),
    "invoice received": Entry("cli.invoice_life:received", "The buyer confirmed it"),
    # prices
    "quote": Entry("cli.quote:quote", "The price of help now, or at a moment; nothing is recorded"),
    "tariff show": Entry("cli.tariff:show", "The price list in force"),
    "tariff list": Entry("cli.tariff:list_", "Every price list published"),
    "tariff diff": Entry("cli.tariff:diff", "What two price lists say differently"),
    "tariff check": Entry("cli.tariff:check", "Lint a price list file"),
    "tariff publish": Entry("cli.tariff:publish", "Put a price list into force"),
    "tariff what-if": Entry("cli.tariff_what_if:what_if", "What another reading would have cost"),
    # what came of it
    "report billing": Entry("cli.report_billing:billing", "Started hours and money by session and customer"),
    "report sessions": Entry("cli.report_sessions:sessions", "Sessions and their connections"),
    "report deletions": Entry(
        "cli.report_deletions:deletions", "When each session's data were gone, and the evidence"
    ),
    "report sales": Entry("cli.report_sales:sales", "The sales register, for the accountant"),
    "report receivables": Entry("cli.report_sales:receivables", "What is still to be paid, by age"),
    "report till": Entry("cli.report_sales:till", "Sessions settled by a receipt of the till"),
    "report deletion-protocol": Entry("cli.report_register:protocol", "What was deleted, a form to sign"),
    "report deletion-register": Entry("cli.report_register:register", "Every deletion of a period"),
    "report shops": Entry("cli.report_shops:shops", "A period over the ledgers of many shops"),
    "replay": Entry("cli.replay:replay", "Derive the read models again from the first event"),
    "completion": Entry("cli.completion:completion", "Print the completion script of a shell"),
    # what the remote tools recorded
    "source reconcile": Entry(
        "cli.source_reconcile:reconcile", "Records against sessions, both ways: what does not fit"
    ),
    "source acknowledge": Entry("cli.source_decide:acknowledge", "Say why a finding may stand"),
    "source match": Entry("cli.source_decide:match", "A record is of this session"),
    "source dismiss": Entry("cli.source_decide:dismiss", "A record is nothing to bill"),
    "source waive": Entry("cli.source_decide:waive", "A session is billed without a record"),
    "period show": Entry("cli.period:show", "How a month stands"),
    "period close": Entry("cli.period:close", "Close a month; its fingerprint key is destroyed"),
    "period reopen": Entry("cli.period:reopen", "Open a closed month again, for a reason"),
    "source import": Entry("cli.source_import:import_", "Records of connections from a remote tool's files"),
    "source list": Entry("cli.source_list:list_", "What was taken in: records, imports, quarantine"),
    # personal data whose time is over
    "retention due": Entry("cli.retention:due", "What is to be erased, what comes, what is held"),
    "retention run": Entry("cli.retention:run", "Erase what is due"),
    # the transparency log
    "audit checkpoint": Entry("cli.audit:checkpoint", "Sign the log as it stands"),
    "audit verify": Entry(
        "cli.audit_verify:verify", "Compute everything again and compare with what was signed"
    ),
    "audit prove": Entry("cli.audit:prove", "A session's events proven in the signed tree, as a file"),
    "audit anchor request": Entry("cli.audit_anchor:request", "A time stamp request over the log as signed"),
    "audit anchor attach": Entry("cli.audit_anchor:attach", "Keep the authority's answer"),
    "audit anchor verify": Entry("cli.audit_anchor:verify", "Look at every time stamp again"),
    "audit anchor list": Entry("cli.audit_anchor:list_", "Every time stamp that is kept"),
    "audit anchor outbox": Entry("cli.audit_anchor:outbox", "The day's checkpoint as a file to send"),
    "audit export": Entry("cli.audit_export:export", "A folder that an auditor checks without this program"),
    "audit sample": Entry(
        "cli.audit_sample:sample", "Sessions for a reviewer, drawn so that nobody can pick"
    ),
    "audit review": Entry("cli.audit_sample:review", "What the reviewer found"),
    "audit key show": Entry("cli.audit:key_show", "The public key that others verify with"),
    "audit key rotate": Entry("cli.audit:key_rotate", "Sign with another key from now on"),
    "audit upgrade": Entry("cli.audit:upgrade", "Give a ledger made before it its transparency log"),
}
