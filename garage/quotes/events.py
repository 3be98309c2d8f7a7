"""News of quotes."""

from config.lib.events import Event

quote_follow_up_due = Event("quote_follow_up_due", "quote_id: a sent quote waits for a week, or runs out in three days")
quote_moved = Event("quote_moved", "quote_id, from_status, to_status, change_id: a quote changed its status")
quote_paper_made = Event(
    "quote_paper_made",
    "paper_id, sending_id: a quote's paper (its kind: quote, signed quote, receipt of withdrawal) is made; tell the"
    " client by the ways that the sending names",
)
sign_code_made = Event("sign_code_made", "code_id: send the client its digits (quotes.queries.code_text)")
quote_withdrawn = Event("quote_withdrawn", "acceptance_id: the client withdrew; staff must know")
