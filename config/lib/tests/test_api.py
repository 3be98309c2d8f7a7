"""The habits of the API that no feature should have to repeat."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.test.client import encode_multipart
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.models import IdempotentAnswer
from config.lib.api import ApiView, Money, problem_handler
from config.lib.errors import Conflict, Invalid
from config.lib.idempotency import free_claims
from config.lib.testing import api

pytestmark = pytest.mark.django_db


class Body(serializers.Serializer):
    amount = Money(min_value=Decimal("0.01"))


class Till(ApiView):
    """A view that counts how often it really ran."""

    permission_classes = ()
    authentication_classes = ()
    idempotent = True
    runs = 0
    refusal: Exception | None = None

    def post(self, request):
        Till.runs += 1
        amount = self.read(Body)["amount"]
        if Till.refusal:
            raise Till.refusal
        return Response({"amount": str(amount), "run": Till.runs}, status=201)


@pytest.fixture(autouse=True)
def _fresh_till():
    Till.runs, Till.refusal = 0, None


def call(body, key=None, path="/api/till"):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key is not None else {}
    response = Till.as_view()(RequestFactory().post(path, body, content_type="application/json", **headers))
    return response.render()


def test_unknown_path_is_a_problem():
    response = api().get("/api/nowhere/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_paths_answer_with_and_without_slash(path):
    assert api().get(path).status_code == 200


def test_the_root_of_the_api_is_a_problem_and_no_redirect():
    assert [api().get(path).status_code for path in ("/api", "/api/")] == [404, 404]


@pytest.mark.parametrize("body", ["{", '{"a":' + "[" * 5000, '{"amount": "\\ud800"}', '{"amount": NaN}'])
def test_broken_json_is_malformed(body):
    response = call(body)
    assert (response.status_code, response.data["code"]) == (400, "malformed")


def test_a_bad_field_is_named():
    response = call('{"amount": "-1"}')
    assert (response.status_code, response.data["code"]) == (422, "invalid")
    assert list(response.data["errors"]) == ["amount"]


def test_nested_errors_are_flat_paths():
    detail = exceptions.ValidationError({"pickup": {"lat": ["bad"]}, "parcels": [{}, {"size": ["bad"]}]})
    assert problem_handler(detail, {}).data["errors"] == {"pickup.lat": ["bad"], "parcels.1.size": ["bad"]}


def test_a_refusal_carries_its_code_and_data():
    response = problem_handler(Conflict("no", code="out_of_stock", available=3), {})
    assert (response.status_code, response.data["code"], response.data["available"]) == (409, "out_of_stock", 3)


def test_a_throttled_caller_is_told_when_to_come_back():
    response = problem_handler(exceptions.Throttled(wait=4.2), {})
    assert (response.status_code, response["Retry-After"]) == (429, "5")


def test_a_repeat_gets_the_first_answer():
    first = call('{"amount": "5.00"}', "k")
    again = call('{"amount": "5.00"}', "k")
    assert Till.runs == 1
    assert (again.status_code, again.data) == (201, first.data)
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_a_refusal_is_replayed_too():
    Till.refusal = Invalid(errors={"amount": ["no"]})
    call('{"amount": "5.00"}', "k")
    Till.refusal = None
    again = call('{"amount": "5.00"}', "k")
    assert (again.status_code, again.data["errors"]) == (422, {"amount": ["no"]})
    assert again["Content-Type"] == "application/problem+json"


def test_the_same_key_with_another_body_is_refused():
    call('{"amount": "5.00"}', "k")
    response = call('{"amount": "6.00"}', "k")
    assert (response.status_code, response.data["code"]) == (422, "idempotency_key_reused")
    assert Till.runs == 1


def test_two_visitors_behind_one_proxy_do_not_share_their_keys(settings):
    """The proxy's own address is the same for all of them; what they claim further left counts for nothing."""
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    def send(chain):
        request = RequestFactory().post(
            "/api/till", '{"amount": "5.00"}', content_type="application/json", REMOTE_ADDR="10.0.0.1",
            headers={"Idempotency-Key": "k", "X-Forwarded-For": chain},
        )
        return Till.as_view()(request).render().data["run"]

    assert [send("203.0.113.1"), send("203.0.113.2"), send("8.8.8.8, 203.0.113.1")] == [1, 2, 1]


def test_a_form_sent_again_with_another_boundary_is_the_same_request():
    def send(photo, boundary):
        fields = {"amount": "5.00", "photo": SimpleUploadedFile("p.jpg", photo)}
        request = RequestFactory().post(
            "/api/till", encode_multipart(boundary, fields), headers={"Idempotency-Key": "k"},
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        return Till.as_view()(request).render()

    first, again, other = send(b"one", "A"), send(b"one", "B"), send(b"two", "A")
    assert (first.status_code, again.data, other.status_code) == (201, first.data, 422)


def test_a_form_with_a_large_photo_may_carry_a_key(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    fields = {"amount": "5.00", "photo": SimpleUploadedFile("p.jpg", b"x" * 5000)}
    request = RequestFactory().post("/api/till", fields, headers={"Idempotency-Key": "k"})
    assert Till.as_view()(request).status_code == 201


def test_json_above_the_limit_is_too_large(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = call('{"amount": "' + "1" * 2000 + '"}', "k")
    assert (response.status_code, response.data["code"]) == (413, "too_large")


def test_a_repeat_while_the_first_runs_is_told_to_wait():
    call('{"amount": "5.00"}', "k")
    IdempotentAnswer.objects.update(status=0)
    response = call('{"amount": "5.00"}', "k")
    assert (response.status_code, response.data["code"]) == (409, "idempotency_in_progress")


def test_the_only_process_frees_keys_of_the_one_that_died_and_keeps_what_was_answered():
    call('{"amount": "5.00"}', "died")
    IdempotentAnswer.objects.update(status=0)
    kept = call('{"amount": "5.00"}', "answered").data
    free_claims()
    assert call('{"amount": "5.00"}', "died").status_code == 201
    assert call('{"amount": "5.00"}', "answered").data == kept


def test_a_crash_frees_the_key():
    Till.refusal = RuntimeError("power cut")
    with pytest.raises(RuntimeError):
        call('{"amount": "5.00"}', "k")
    Till.refusal = None
    assert call('{"amount": "5.00"}', "k").status_code == 201


def test_a_key_too_long_is_refused():
    assert call('{"amount": "5.00"}', "k" * 129).status_code == 422
