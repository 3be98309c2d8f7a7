"""Page routes of the garage."""

from django.urls import path

from garage.alerts import views as alerts
from garage.billing import views as bills
from garage.clients import views as clients
from garage.quotes import answering_urls as answering
from garage.quotes.views import desk, editor, lookup, rates
from garage.vehicles import views as vehicles
from garage.workshop import views_appointments as appointments
from garage.workshop import views_board as planning
from garage.workshop import views_repair_work as repair_work
from garage.workshop import views_repairs as repairs

app_name = "garage"
urlpatterns: list = [
    path("garage/rendez-vous/", appointments.AppointmentsPage.as_view(), name="appointments"),
    path("garage/rendez-vous/nouveau/", appointments.BookPage.as_view(), name="book"),
    path("garage/rendez-vous/vehicule/", appointments.OwnVehiclePage.as_view(), name="own_vehicle"),
    path("garage/rendez-vous/<int:pk>/", appointments.AppointmentPage.as_view(), name="appointment"),
    path("garage/rendez-vous/<int:pk>/annuler/", appointments.CancelAppointment.as_view(), name="appointment_cancel"),
    path("garage/rendez-vous/<int:pk>/agenda.ics", appointments.OwnCalendarFile.as_view(), name="appointment_ics"),
    path("garage/rendez-vous/<int:pk>/deplacer/", planning.MovePage.as_view(), name="appointment_move"),
    path("garage/rendez-vous/<int:pk>/etat/", planning.StatusAction.as_view(), name="appointment_status"),
    path("garage/rendez-vous/<int:pk>/reception/", planning.ReceiveAction.as_view(), name="appointment_receive"),
    path("garage/agenda/<str:token>/agenda.ics", appointments.MechanicFeed.as_view(), name="mechanic_feed"),
    path("garage/planning/", planning.PlanningPage.as_view(), name="planning"),
    path("garage/planning/nouveau/", planning.StaffBookPage.as_view(), name="planning_new"),
    path("garage/", vehicles.VehiclesPage.as_view(), name="vehicles"),
    path("garage/vehicles/<int:pk>/", vehicles.VehiclePage.as_view(), name="vehicle"),
    path("garage/vehicles/<int:pk>/releve/", vehicles.ReadingPage.as_view(), name="vehicle_reading"),
    path("garage/vehicles/<int:pk>/fichier/", vehicles.FilePage.as_view(), name="vehicle_file_add"),
    path("garage/vehicles/<int:pk>/partage/", vehicles.SharePage.as_view(), name="vehicle_share"),
    path("garage/vehicles/<int:pk>/historique.pdf", vehicles.HistoryPdf.as_view(), name="vehicle_history_pdf"),
    path("garage/fichiers/<int:pk>/", vehicles.FileGivenOut.as_view(), name="vehicle_file"),
    path("garage/fichiers/<int:pk>/effacer/", vehicles.RemoveFile.as_view(), name="vehicle_file_remove"),
    path("garage/partages/<int:pk>/revoquer/", vehicles.RevokeShare.as_view(), name="vehicle_share_revoke"),
    path("garage/historique/<str:token>/", vehicles.SharedHistory.as_view(), name="shared_history"),
    path("garage/historique/<str:token>/historique.pdf", vehicles.SharedPdf.as_view(), name="shared_history_pdf"),
    path("garage/mes-accords/", clients.AgreementsPage.as_view(), name="agreements"),
    path("garage/tarifs/", rates.RatesPage.as_view(), name="rates"),
    path("garage/factures/", bills.BillsPage.as_view(), name="bills"),
    path("garage/devis/<int:pk>/facturer/", bills.BillQuotePage.as_view(), name="bill_quote"),
    path("garage/factures/<int:pk>/", bills.BillPage.as_view(), name="bill"),
    path("garage/factures/<int:pk>/payer/", bills.PayPage.as_view(), name="bill_pay"),
    path("garage/factures/<int:pk>/pdf/", bills.BillPdf.as_view(), name="bill_pdf"),
    path("garage/factures/<int:pk>/avoirs/<int:credit>/", bills.BillPdf.as_view(), name="bill_credit"),
    path("factures/<str:token>/", bills.LinkPage.as_view(), name="bill_link"),
    path("factures/<str:token>/payer/", bills.LinkPayPage.as_view(), name="bill_link_pay"),
    path("factures/<str:token>/pdf/", bills.LinkPdf.as_view(), name="bill_link_pdf"),
    path("garage/devis/", desk.QuotesPage.as_view(), name="quotes"),
    path("garage/devis/nouveau/", editor.EditorPage.as_view(), name="quote_new"),
    path("garage/devis/nouveau/vehicule/", editor.NewcomerPage.as_view(), name="quote_newcomer"),
    path("garage/devis/calcul", lookup.CalcView.as_view(), name="quote_calc"),
    path("garage/devis/offres", lookup.OffersView.as_view(), name="quote_offers"),
    path("garage/devis/vehicules", lookup.VehiclesFoundView.as_view(), name="quote_vehicles"),
    path("garage/devis/<int:pk>/", editor.EditorPage.as_view(), name="quote_edit"),
    path("garage/devis/<int:pk>/copier/", desk.CopyQuote.as_view(), name="quote_copy"),
    path("garage/devis/<int:pk>/refuser/", desk.DeclineQuote.as_view(), name="quote_decline"),
    *answering.routes,
    path("garage/alertes/", alerts.AlertsPage.as_view(), name="alerts"),
    path("garage/alertes/<int:pk>/", alerts.AlertPage.as_view(), name="alert"),
    path("garage/alertes/<int:pk>/reporter/", alerts.SnoozePage.as_view(), name="alert_snooze"),
    path("garage/alertes/<int:pk>/fait/", alerts.DonePage.as_view(), name="alert_done"),
    path("garage/alertes/<int:pk>/devis/", alerts.MakeQuote.as_view(), name="alert_quote"),
    path("garage/alertes/<int:pk>/rendez-vous/", alerts.BookSlot.as_view(), name="alert_book"),
    path("garage/atelier/", repairs.WorkshopPage.as_view(), name="workshop"),
    path("garage/atelier/arret/", repair_work.StopClock.as_view(), name="clock_stop"),
    path("garage/ordres/", repairs.OrdersPage.as_view(), name="repair_orders"),
    path("garage/ordres/nouveau/", repairs.NewOrderPage.as_view(), name="repair_order_new"),
    path("garage/ordres/<int:pk>/", repairs.OrderPage.as_view(), name="repair_order"),
    path("garage/ordres/<int:pk>/reception/", repair_work.IntakePage.as_view(), name="repair_intake"),
    path("garage/ordres/<int:pk>/recu/", repair_work.ReceiptPage.as_view(), name="repair_receipt"),
    path("garage/ordres/<int:pk>/controle/", repair_work.ChecklistPage.as_view(), name="repair_checklist"),
    path("garage/ordres/<int:pk>/supplement/", repair_work.ExtraWorkPage.as_view(), name="repair_extra_work"),
    path("garage/ordres/<int:pk>/remise/", repair_work.HandoverPage.as_view(), name="repair_handover"),
    path("garage/ordres/<int:pk>/faire/<slug:verb>/", repair_work.OrderButton.as_view(), name="repair_do"),
    path("garage/taches/<int:pk>/<slug:verb>/", repair_work.TaskButton.as_view(), name="repair_task_do"),
    path("garage/pieces/", repairs.ToOrderPage.as_view(), name="parts_to_order"),
    path("garage/pieces/<int:pk>/<slug:verb>/", repair_work.PartButton.as_view(), name="repair_part_do"),
    path("garage/points/<int:pk>/", repair_work.PointButton.as_view(), name="repair_point"),
    path("garage/pointages/<int:pk>/", repair_work.CorrectTime.as_view(), name="repair_time"),
    path("garage/reparations/", repairs.MyRepairsPage.as_view(), name="my_repairs"),
    path("garage/reparations/<int:pk>/", repairs.MyRepairPage.as_view(), name="my_repair"),
    path("garage/reparations/<int:pk>/photos/<int:photo>/", repairs.PhotoView.as_view(), name="repair_photo"),
]
