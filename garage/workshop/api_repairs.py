"""`/api/garage/repair-orders`: staff see all and write, a client reads his own."""

from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import NO_CONTENT, ApiView
from config.lib.errors import Invalid
from config.lib.private import give_out
from garage.clients import queries as clients
from garage.clients.api import PAGES, words_of
from garage.quotes.api import QuoteOut
from garage.quotes.queries import with_lines
from garage.workshop import api_repairs_shapes as shapes
from garage.workshop import services
from garage.workshop.models import RepairOrder
from garage.workshop.queries import repairs as queries

MULTIPART = "multipart/form-data"


class RepairView(ApiView):
    """An answer about one order, in the form that its reader may see."""

    def order(self, pk: int, status: int = 200) -> Response:
        order = queries.detailed(self.request.user, pk)
        shape = shapes.StaffRepairOut if clients.works_here(self.request.user) else shapes.RepairOut
        return Response(shape(order).data, status=status)

    def may_write(self, pk: int) -> dict[str, Any]:
        """Refuse before the body is looked at, so that a stranger learns nothing from its errors."""
        queries.get_for(self.request.user, pk, "write")
        return {"actor": self.request.user, "order_id": pk}


class RepairOrdersView(RepairView):
    @extend_schema(
        operation_id="garage_repair_orders", responses=shapes.RepairPage,
        parameters=[
            *PAGES, OpenApiParameter("status", str, enum=RepairOrder.Status.values), OpenApiParameter("vehicle", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """Repair orders, newest first: all for staff, one's own for a client."""
        rows, wish = queries.visible_to(request.user), request.query_params
        if words := words_of(request):
            rows = queries.search(rows, words)
        if wish.get("status") in RepairOrder.Status.values:
            rows = rows.filter(status=wish["status"])
        if wish.get("vehicle", "").isdecimal():
            rows = rows.filter(vehicle=int(wish["vehicle"][:18]))
        return self.paged(rows.order_by("-pk"), shapes.RepairListOut)

    @extend_schema(
        operation_id="garage_repair_order_open", request=shapes.OpenIn, responses={201: shapes.StaffRepairOut}
    )
    def post(self, request: Request) -> Response:
        """Open an order by hand, or the one of an `appointment` whose vehicle is here, the same when asked again;
        staff. An accepted quote opens its own. 409 `illegal_transition` for a cancelled appointment."""
        clients.require_staff(request.user)
        data = self.read(shapes.OpenIn)
        if "appointment" in data:
            order = services.open_for_appointment(actor=request.user, appointment_id=data["appointment"])
            return self.order(order.pk, 201)
        order = services.open_order(
            actor=request.user, vehicle_id=data["vehicle"], complaint=data.get("complaint", "")
        )
        return self.order(order.pk, 201)


class RepairOrderView(RepairView):
    @extend_schema(operation_id="garage_repair_order", responses=shapes.StaffRepairOut)
    def get(self, request: Request, pk: int) -> Response:
        """One order with its tasks, parts, checklist, photos and history. Staff alone see clocks, parts and notes."""
        return self.order(pk)

    @extend_schema(
        operation_id="garage_repair_order_change", request=shapes.ChangeIn, responses=shapes.StaffRepairOut
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Promise a time, name the mechanic, or say what work waits for; staff. 409 `nothing_lacks`,
        `illegal_transition`, `work_has_begun`, `quote_stands`."""
        about = self.may_write(pk)
        data = self.read(shapes.ChangeIn)
        services.change_order(**about, **data)
        return self.order(pk)


class IntakeView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_intake", responses=shapes.StaffRepairOut,
        request={"application/json": shapes.IntakeIn, MULTIPART: shapes.IntakeIn},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take the vehicle in; staff. A reading that cannot be right is set aside and does not stop the intake."""
        about = self.may_write(pk)
        data = self.read(shapes.IntakeIn)
        data["strokes"] = data.pop("signature", [])
        services.receive_vehicle(**about, **data)
        return self.order(pk)


class PhotosView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_photos", request={MULTIPART: shapes.PhotosIn},
        responses={201: shapes.StaffRepairOut},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Keep photos, of the vehicle or of a point of the checklist; staff."""
        about = self.may_write(pk)
        data = self.read(shapes.PhotosIn)
        services.add_photos(
            **about, photos=data["photos"], note=data.get("note", ""), inspection_id=data.get("inspection")
        )
        return self.order(pk, 201)


class PhotoView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_photo", responses={(200, "image/jpeg"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int, photo: int) -> FileResponse:
        """A photo, for the client and staff."""
        found = queries.photo_for(request.user, pk, photo)
        return give_out(found.file, content_type="image/jpeg", filename=f"{pk}-{photo}.jpg")

    @extend_schema(operation_id="garage_repair_order_photo_remove", responses={204: None})
    def delete(self, request: Request, pk: int, photo: int) -> Response:
        """Take a photo away; staff."""
        services.remove_photo(**self.may_write(pk), photo_id=photo)
        return Response(status=NO_CONTENT)

    def perform_content_negotiation(self, request: HttpRequest, force: bool = False) -> Any:
        """Answers whatever the client accepts: a picture is a picture."""
        return super().perform_content_negotiation(request, force=True)


class InspectionView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_inspect", request=shapes.PointIn, responses=shapes.StaffRepairOut
    )
    def patch(self, request: Request, pk: int, point: int) -> Response:
        """Say how a point of the checklist is; staff."""
        self.may_write(pk)
        queries.child_of(pk, queries.Inspection, point)
        services.note_point(actor=request.user, point_id=point, **self.read(shapes.PointIn))
        return self.order(pk)


class TasksView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_task_add", request=shapes.TaskIn, responses={201: shapes.StaffRepairOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add a task of the garage's own; staff. What the client pays for is extra work."""
        services.add_task(**self.may_write(pk), **self.read(shapes.TaskIn))
        return self.order(pk, 201)


class TaskView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_task", request=shapes.TaskChangeIn, responses=shapes.StaffRepairOut
    )
    def patch(self, request: Request, pk: int, task: int) -> Response:
        """Done, struck off with a reason, or to do again; staff. 409 `vehicle_not_here`."""
        self.may_write(pk)
        queries.child_of(pk, queries.RepairTask, task)
        data = self.read(shapes.TaskChangeIn)
        about: dict[str, Any] = {"actor": request.user, "task_id": task}
        if data["status"] == "RAYEE":
            services.strike_task(**about, reason=data.get("reason", ""))
        elif data["status"] == "FAITE":
            services.finish_task(**about)
        elif data["status"] == "A_FAIRE":
            services.reopen_task(**about)
        else:
            raise Invalid(errors={"status": [_("The clock says what is running.")]})
        return self.order(pk)


class ClockView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_clock_start", request=shapes.ClockIn, responses=shapes.StaffRepairOut
    )
    def post(self, request: Request, pk: int, task: int) -> Response:
        """Start a mechanic's clock on the task; the one he had running stops. Staff. 409 `no_mechanic`,
        `vehicle_not_here`."""
        self.may_write(pk)
        queries.child_of(pk, queries.RepairTask, task)
        mechanic = self.read(shapes.ClockIn).get("mechanic")
        services.start_clock(actor=request.user, task_id=task, mechanic_id=mechanic)
        return self.order(pk)

    @extend_schema(
        operation_id="garage_repair_order_clock_stop", responses=shapes.StaffRepairOut,
        parameters=[OpenApiParameter("mechanic", int)], request=None,
    )
    def delete(self, request: Request, pk: int, task: int) -> Response:
        """Stop the clock of the mechanic (none named: one's own); staff."""
        self.may_write(pk)
        queries.child_of(pk, queries.RepairTask, task)
        wish = request.query_params.get("mechanic", "")
        services.stop_clock(actor=request.user, mechanic_id=int(wish[:18]) if wish.isdecimal() else None)
        return self.order(pk)


class PartsView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_part_add", request=shapes.PartIn, responses={201: shapes.StaffRepairOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add a part of the garage's own, from the shop's stock or bought in; staff."""
        services.add_part(**self.may_write(pk), **self.read(shapes.PartIn))
        return self.order(pk, 201)


class PartView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_part", request=shapes.PartChangeIn, responses=shapes.StaffRepairOut
    )
    def patch(self, request: Request, pk: int, part: int) -> Response:
        """Issue, bring back, order, receive or drop a part; staff. Without `quantity`: all of it."""
        self.may_write(pk)
        queries.child_of(pk, queries.RepairPart, part)
        data = self.read(shapes.PartChangeIn)
        about: dict[str, Any] = {"actor": request.user, "part_id": part}
        if data["action"] == "ORDER":
            services.mark_ordered(
                actor=request.user, part_ids=[part], supplier=data.get("supplier", ""),
                expected_on=data.get("expected_on"),
            )
        elif data["action"] == "DROP":
            services.drop_part(**about)
        else:
            verbs = {"ISSUE": services.issue_part, "RETURN": services.return_part, "RECEIVE": services.receive_part}
            verbs[data["action"]](**about, quantity=data.get("quantity"))
        return self.order(pk)


class ExtraWorkView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_extra_work", request=shapes.ExtraWorkIn, responses={201: QuoteOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Draft the quote of extra work; staff. Once it is sent the order waits for the client's answer."""
        quote = services.propose_extra_work(**self.may_write(pk), **self.read(shapes.ExtraWorkIn))
        return Response(QuoteOut(with_lines(queries.Quote.objects.filter(pk=quote.pk)).get()).data, status=201)


class ReadyView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_ready", request=shapes.ReadyIn, responses=shapes.StaffRepairOut
    )
    def post(self, request: Request, pk: int) -> Response:
        """The vehicle is ready and its owner told; staff. 409 `tasks_left` (`tasks`), `parts_left` (`parts`, unless
        `unused_back`), `consent_awaited`."""
        services.mark_ready(**self.may_write(pk), **self.read(shapes.ReadyIn))
        return self.order(pk)


class HandoverView(RepairView):
    @extend_schema(
        operation_id="garage_repair_order_handover", request=shapes.HandoverIn, responses=shapes.StaffRepairOut
    )
    def post(self, request: Request, pk: int) -> Response:
        """Hand the vehicle over; staff. 409 `not_paid` (`balance`) unless `unpaid_reason` says why."""
        services.hand_over(**self.may_write(pk), **self.read(shapes.HandoverIn))
        return self.order(pk)


class ToOrderView(ApiView):
    @extend_schema(operation_id="garage_parts_to_order", responses=shapes.ToOrderPage, parameters=PAGES)
    def get(self, request: Request) -> Response:
        """Missing parts of all repairs, by supplier and expected day; staff."""
        return self.paged(queries.to_order(request.user, words_of(request)), shapes.ToOrderOut)


