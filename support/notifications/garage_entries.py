"""What the garage tells its clients, with or without an account, and its staff. Pages are given by the listeners: a
client without an account is led by a signed link."""

from django.utils.translation import gettext_lazy as _

from support.notifications.entry import ALL, MAIL, MAIL_PUSH, MAIL_SMS, PUSH, Entry
from support.notifications.models import Topic

GARAGE = Topic.GARAGE

CLIENTS = [
    Entry(
        "garage_file_linked", GARAGE, ("client", "linked"), "client", MAIL_PUSH,
        _("Your vehicles are in your account"),
        _("The garage knew your e-mail address already: you see your vehicles, quotes and repairs there from now on."),
    ),
]

QUOTES = [
    Entry(
        "quote_sent", GARAGE, ("quote", "ENVOYE"), "client", ALL,
        _("Your quote %(number)s for %(vehicle)s"),
        _("It comes to %(total)s incl. VAT and can be accepted until %(until)s. Read it, ask us, accept or decline it "
          "on its page. Nothing is done before you agree."),
    ),
    Entry(
        "quote_extra", GARAGE, ("quote", "SUPPLEMENT"), "client", ALL,
        _("More work on %(vehicle)s waits for your consent"),
        _("We found something that your first quote does not cover. Quote %(number)s over %(total)s incl. VAT says "
          "what it is; we go on with it only once you agree. Please answer soon: the repair waits."),
    ),
    Entry(
        "quote_follow_up", GARAGE, ("quote", "RELANCE"), "client", MAIL_PUSH,
        _("Have you seen your quote %(number)s?"),
        _("Our quote for %(vehicle)s over %(total)s incl. VAT can be accepted until %(until)s. You may also decline it "
          "on its page, and we ask no more."),
    ),
    Entry(
        "quote_accepted", GARAGE, ("quote", "SIGNE"), "client", MAIL,
        _("You accepted quote %(number)s"),
        _("What was agreed on %(at)s by %(signed_by)s, for %(vehicle)s:\n%(lines)s\nTotal incl. VAT: %(total)s.\n"
          "%(reused)s\nThe signed quote is on its page. Keep this message."),
        forced=True,
    ),
    Entry(
        "quote_accepted_distance", GARAGE, ("quote", "SIGNE_DISTANCE"), "client", MAIL,
        _("You accepted quote %(number)s"),
        _("What was agreed on %(at)s by %(signed_by)s, for %(vehicle)s:\n%(lines)s\nTotal incl. VAT: %(total)s.\n"
          "%(reused)s\nYou concluded this contract at a distance: you may withdraw until %(withdraw_until)s without "
          "giving a reason, on the page of the quote (“renoncer au contrat ici”) or by writing to us. %(begun)s"
          "\nThe signed quote is on its page. Keep this message."),
        forced=True,
    ),
    Entry(
        "quote_accepted_staff", GARAGE, ("quote", "ACCEPTE"), "staff", MAIL_PUSH,
        _("%(client)s accepted quote %(number)s"),
        _("%(vehicle)s, %(total)s incl. VAT. The parts are reserved and the repair order is open."),
    ),
    Entry(
        "quote_declined", GARAGE, ("quote", "REFUSE"), "client", MAIL,
        _("Quote %(number)s is declined"),
        _("We noted that you do not want this work on %(vehicle)s. Nothing is due. Write to us if it was a mistake."),
    ),
    Entry(
        "quote_declined_staff", GARAGE, ("quote", "REFUSE"), "staff", MAIL_PUSH,
        _("%(client)s declined quote %(number)s"),
        _("%(vehicle)s, %(total)s incl. VAT. Reason given: %(reason)s"),
    ),
    Entry(
        "quote_expired", GARAGE, ("quote", "EXPIRE"), "client", MAIL,
        _("Quote %(number)s has run out"),
        _("It could be accepted until %(until)s. If you still want this work on %(vehicle)s, tell us and we make a new "
          "one."),
    ),
    Entry(
        "sign_code", GARAGE, ("code", "new"), "client", MAIL_SMS,
        _("%(code)s is your code to sign quote %(number)s"),
        _("Type it on the page of the quote. It holds until %(until)s and for this quote only. We never ask for it by "
          "phone. If you did not ask for it, do nothing."),
        forced=True,
    ),
    Entry(
        "withdrawal_receipt", GARAGE, ("quote", "RETRACTATION"), "client", MAIL,
        _("Receipt: you withdrew from the contract of quote %(number)s"),
        _("We received your withdrawal on %(at)s: quote %(number)s for %(vehicle)s, %(total)s incl. VAT, accepted on "
          "%(accepted_at)s. %(outcome)s The receipt with its date is on the page of the quote. Keep this message."),
        forced=True,
    ),
    Entry(
        "withdrawal_staff", GARAGE, ("withdrawal", "new"), "staff", MAIL_PUSH,
        _("%(client)s withdrew from quote %(number)s"),
        _("%(vehicle)s, %(total)s incl. VAT. %(outcome)s"), forced=True,
    ),
]

APPOINTMENTS = [
    Entry(
        "appointment_booked", GARAGE, ("appointment", "new"), "client", MAIL_PUSH,
        _("Your appointment: %(at)s"),
        _("We expect %(vehicle)s on %(at)s. Bring the registration document. Tell us early if you cannot come."),
    ),
    Entry(
        "appointment_booked_staff", GARAGE, ("appointment", "new"), "staff", PUSH,
        _("%(client)s booked %(at)s"),
        _("%(vehicle)s. %(reason)s"),
    ),
    Entry(
        "appointment_changed", GARAGE, ("appointment", "changed"), "client", ALL,
        _("Your appointment is now on %(at)s"),
        _("The appointment for %(vehicle)s has another time. Tell us if it does not suit you."),
    ),
    Entry(
        "appointment_cancelled", GARAGE, ("appointment", "ANNULE"), "client", ALL,
        _("Your appointment of %(at)s is cancelled"),
        _("We do not expect %(vehicle)s any more. You can book another time whenever you like."),
    ),
    Entry(
        "appointment_cancelled_staff", GARAGE, ("appointment", "ANNULE"), "staff", MAIL_PUSH,
        _("%(client)s cancelled the appointment of %(at)s"),
        _("%(vehicle)s. The lift and the mechanic are free again."),
    ),
    Entry(
        "appointment_reminder", GARAGE, ("appointment", "reminder"), "client", ALL,
        _("Tomorrow at the garage: %(at)s"),
        _("We expect %(vehicle)s. Bring the registration document. Tell us today if you cannot come."),
    ),
]

REPAIRS = [
    Entry(
        "repair_received", GARAGE, ("repair", "RECU"), "client", MAIL_PUSH,
        _("We have taken %(vehicle)s in"),
        _("Repair order %(number)s, received on %(at)s. %(promise)s"),
    ),
    Entry(
        "repair_slips", GARAGE, ("repair", "slips"), "client", ALL,
        _("%(vehicle)s will be ready later than promised"),
        _("We had promised it for %(promised)s and will need longer. We tell you as soon as it is ready; call us if "
          "that is a difficulty."),
    ),
    Entry(
        "repair_slips_staff", GARAGE, ("repair", "slips"), "staff", MAIL_PUSH,
        _("Repair %(number)s slips"),
        _("%(vehicle)s of %(client)s was promised for %(promised)s and will not be ready. The client has been told."),
    ),
    Entry(
        "repair_ready", GARAGE, ("repair", "PRET"), "client", ALL,
        _("%(vehicle)s is ready"),
        _("The work of repair order %(number)s is done. You can fetch your vehicle in our opening hours."),
    ),
    Entry(
        "repair_handed_over", GARAGE, ("repair", "RENDU"), "client", MAIL,
        _("%(vehicle)s is back with you"),
        _("Repair order %(number)s is closed. Thank you for your trust. If something is not right, tell us at once."),
    ),
    Entry(
        "repair_cancelled", GARAGE, ("repair", "ANNULE"), "client", MAIL_PUSH,
        _("Repair order %(number)s is cancelled"),
        _("The work on %(vehicle)s will not be done. Call us if you have a question."),
    ),
]

BILLS = [
    Entry(
        "bill_issued", GARAGE, ("bill", "EMISE"), "client", MAIL_PUSH,
        _("Your invoice %(number)s for %(vehicle)s"),
        _("It comes to %(total)s incl. VAT, to be paid until %(until)s: online on its page, or at our counter."),
    ),
    Entry(
        "bill_deposit", GARAGE, ("bill", "ACOMPTE"), "client", MAIL_PUSH,
        _("A deposit of %(total)s for %(vehicle)s"),
        _("Invoice %(number)s asks for it, to be paid until %(until)s: online on its page, or at our counter. It is "
          "taken off the final invoice."),
    ),
    Entry(
        "bill_paid", GARAGE, ("bill", "PAYEE"), "client", MAIL_PUSH,
        _("Invoice %(number)s is paid"),
        _("We received %(total)s for %(vehicle)s. Thank you. The invoice stays on its page."),
    ),
    Entry(
        "bill_open_again", GARAGE, ("bill", "ROUVERTE"), "client", MAIL_PUSH,
        _("Invoice %(number)s is not paid any more"),
        _("A payment was corrected or taken back by the bank: %(due)s is still to be paid. Write to us if you think "
          "that this is a mistake."),
    ),
    Entry(
        "bill_open_again_staff", GARAGE, ("bill", "ROUVERTE"), "staff", MAIL_PUSH,
        _("Invoice %(number)s of %(client)s is open again"),
        _("%(due)s is to be paid again for %(vehicle)s."),
    ),
    Entry(
        "bill_cancelled", GARAGE, ("bill", "ANNULEE"), "client", MAIL_PUSH,
        _("Invoice %(number)s is cancelled"),
        _("A credit note over it was issued. What you had paid for it is given back to you."),
    ),
    Entry(
        "bill_overdue", GARAGE, ("bill", "due"), "client", ALL,
        _("Invoice %(number)s waits for your payment"),
        _("%(due)s was to be paid until %(until)s for %(vehicle)s. You can pay online on its page, or call us. If you "
          "have paid meanwhile, nothing is left to do."),
    ),
]

ALERTS = [
    Entry(
        "alert_soon", GARAGE, ("alert", "soon"), "client", MAIL_PUSH,
        _("%(what)s of %(vehicle)s: before %(day)s"),
        _("This falls due on %(day)s. Book a time with us, or tell us if it is done already."),
        by_day=True,
    ),
    Entry(
        "alert_due", GARAGE, ("alert", "due"), "client", ALL,
        _("%(what)s of %(vehicle)s is due"),
        _("The day was %(day)s. Book a time with us, or tell us if it is done already."),
        by_day=True,
    ),
    Entry(
        "alert_soon_km", GARAGE, ("alert", "soon_km"), "client", MAIL_PUSH,
        _("%(what)s of %(vehicle)s at %(km)s km"),
        _("By what your vehicle drives this falls due soon, at %(km)s km. Book a time with us, or tell us if it is "
          "done already."),
        by_day=True,
    ),
    Entry(
        "alert_due_km", GARAGE, ("alert", "due_km"), "client", ALL,
        _("%(what)s of %(vehicle)s is due"),
        _("Your vehicle has reached %(km)s km, or is about to. Book a time with us, or tell us if it is done already."),
        by_day=True,
    ),
    Entry(
        "alerts_digest", GARAGE, ("alerts", "digest"), "staff", MAIL_PUSH,
        _("New alerts at the garage: %(count)s"),
        _("Since yesterday: %(kinds)s. The list shows them by urgency."),
        "admin:garage_alert_changelist", route_args=(),
    ),
]

GARAGE_ENTRIES = [*CLIENTS, *QUOTES, *APPOINTMENTS, *REPAIRS, *BILLS, *ALERTS]
