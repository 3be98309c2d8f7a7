"""REST routes of the garage; declared without a trailing slash (config/lib/api.py)."""

from django.urls import path

from garage.alerts import api as alerts
from garage.billing import api as bills
from garage.clients import api as clients
from garage.dashboard.api import DashboardView
from garage.quotes import api as quotes
from garage.quotes import paper_api as papers
from garage.vehicles import api as vehicles
from garage.vehicles import history_api as history
from garage.vehicles import odometer_api as odometer
from garage.workshop import api_appointments as appointments
from garage.workshop import api_repairs as repairs

urlpatterns: list = [
    path("garage/clients", clients.ClientsView.as_view()),
    path("garage/clients/duplicates", clients.DuplicatesView.as_view()),
    path("garage/clients/<int:pk>", clients.ClientView.as_view()),
    path("garage/clients/<int:pk>/hints", clients.HintsView.as_view()),
    path("garage/clients/<int:pk>/merge", clients.MergeView.as_view()),
    path("garage/clients/<int:pk>/apart", clients.ApartView.as_view()),
    path("garage/clients/<int:pk>/consents", clients.ConsentsView.as_view()),
    path("garage/quotes", quotes.QuotesView.as_view()),
    path("garage/quotes/<int:pk>", quotes.QuoteView.as_view()),
    path("garage/quotes/<int:pk>/accept", quotes.AcceptView.as_view()),
    path("garage/quotes/<int:pk>/pdf", papers.PdfView.as_view()),
    path("garage/quotes/<int:pk>/invoice", bills.QuoteInvoiceView.as_view()),
    path("garage/quotes/<int:pk>/nothing-due", bills.NothingDueView.as_view()),
    path("garage/quotes/<int:pk>/refuse", quotes.RefuseView.as_view()),
    path("garage/quotes/<int:pk>/send", papers.SendView.as_view()),
    path("garage/vehicles", vehicles.VehiclesView.as_view()),
    path("garage/vehicles/<int:pk>", vehicles.VehicleView.as_view()),
    path("garage/vehicles/<int:pk>/history", history.HistoryView.as_view()),
    path("garage/vehicles/<int:pk>/history.pdf", history.HistoryPdfView.as_view()),
    path("garage/vehicles/<int:pk>/share-links", history.SharesView.as_view()),
    path("garage/vehicles/<int:pk>/share-links/<int:share_id>", history.ShareView.as_view()),
    path("garage/vehicles/<int:pk>/files", history.FilesView.as_view()),
    path("garage/vehicles/<int:pk>/files/<int:file_id>", history.FileView.as_view()),
    path("garage/vehicles/<int:pk>/owners", vehicles.OwnersView.as_view()),
    path("garage/vehicles/<int:pk>/odometer", odometer.OdometerView.as_view()),
    path("garage/vehicles/<int:pk>/odometer/<int:reading_id>", odometer.ReadingView.as_view()),
    path("garage/appointments", appointments.AppointmentsView.as_view()),
    path("garage/appointments/slots", appointments.AppointmentSlotsView.as_view()),
    path("garage/appointments/<int:pk>", appointments.AppointmentView.as_view()),
    path("garage/invoices", bills.BillsView.as_view()),
    path("garage/invoices/<int:pk>", bills.BillView.as_view()),
    path("garage/invoices/<int:pk>/pdf", bills.BillPdfView.as_view()),
    path("garage/invoices/<int:pk>/pay", bills.BillPayView.as_view()),
    path("garage/invoices/<int:pk>/payments", bills.BillPaymentsView.as_view()),
    path("garage/invoices/<int:pk>/payments/<int:payment>/reverse", bills.BillReversalView.as_view()),
    path("garage/invoices/<int:pk>/give-back", bills.BillGiveBackView.as_view()),
    path("garage/invoices/<int:pk>/credit-notes", bills.BillCreditsView.as_view()),
    path("garage/invoices/<int:pk>/credit-notes/<int:credit>", bills.BillCreditPdfView.as_view()),
    path("garage/dashboard", DashboardView.as_view()),
    path("garage/alerts", alerts.AlertsView.as_view()),
    path("garage/alerts/<int:pk>/snooze", alerts.SnoozeView.as_view()),
    path("garage/alerts/<int:pk>/done", alerts.DoneView.as_view()),
    path("garage/alerts/<int:pk>/quote", alerts.QuoteView.as_view()),
    path("garage/repair-orders", repairs.RepairOrdersView.as_view()),
    path("garage/repair-orders/<int:pk>", repairs.RepairOrderView.as_view()),
    path("garage/repair-orders/<int:pk>/intake", repairs.IntakeView.as_view()),
    path("garage/repair-orders/<int:pk>/photos", repairs.PhotosView.as_view()),
    path("garage/repair-orders/<int:pk>/photos/<int:photo>", repairs.PhotoView.as_view()),
    path("garage/repair-orders/<int:pk>/inspection/<int:point>", repairs.InspectionView.as_view()),
    path("garage/repair-orders/<int:pk>/tasks", repairs.TasksView.as_view()),
    path("garage/repair-orders/<int:pk>/tasks/<int:task>", repairs.TaskView.as_view()),
    path("garage/repair-orders/<int:pk>/tasks/<int:task>/clock", repairs.ClockView.as_view()),
    path("garage/repair-orders/<int:pk>/parts", repairs.PartsView.as_view()),
    path("garage/repair-orders/<int:pk>/parts/<int:part>", repairs.PartView.as_view()),
    path("garage/repair-orders/<int:pk>/extra-work", repairs.ExtraWorkView.as_view()),
    path("garage/repair-orders/<int:pk>/ready", repairs.ReadyView.as_view()),
    path("garage/repair-orders/<int:pk>/handover", repairs.HandoverView.as_view()),
    path("garage/parts-to-order", repairs.ToOrderView.as_view()),
]
