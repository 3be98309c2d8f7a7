"""Reviews over the API: public to read, written by those who received the product."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Page, PageOut
from shop.catalogue.api import RatingOut
from shop.catalogue.rules import rating
from shop.reviews import queries, services
from shop.reviews.models import FEWEST_STARS, MOST_STARS, Review


class ReviewOut(serializers.ModelSerializer):
    author = serializers.CharField(help_text="first name")
    verified_purchase = serializers.BooleanField(default=True, help_text="always: only buyers can write")

    class Meta:
        model = Review
        fields = [
            "id", "product_id", "author", "stars", "title", "body", "status", "verified_purchase", "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Review) -> dict[str, Any]:
        return {**super().to_representation(instance), "verified_purchase": True}


class OwnReviewOut(ReviewOut):
    hidden_because = serializers.CharField(help_text="what staff wrote when they hid it")

    class Meta(ReviewOut.Meta):
        fields = [*ReviewOut.Meta.fields, "hidden_because"]


class StarsOut(serializers.Serializer):
    """How many reviews gave so many stars."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {str(n): serializers.IntegerField() for n in range(MOST_STARS, FEWEST_STARS - 1, -1)}


class ReviewPageOut(PageOut):
    results = ReviewOut(many=True)
    rating = RatingOut(allow_null=True)
    stars = StarsOut()
    mine = OwnReviewOut(allow_null=True, help_text="one's own, also while it waits or is hidden")
    can_review = serializers.BooleanField(help_text="whether the reader received it and has not written yet")


class ReviewIn(serializers.Serializer):
    stars = serializers.IntegerField(min_value=FEWEST_STARS, max_value=MOST_STARS)
    title = serializers.CharField(max_length=services.LONGEST_TITLE, required=False, allow_blank=True)
    body = serializers.CharField(max_length=services.LONGEST_BODY)


class ReviewChangeIn(ReviewIn):
    stars = serializers.IntegerField(min_value=FEWEST_STARS, max_value=MOST_STARS, required=False)
    body = serializers.CharField(max_length=services.LONGEST_BODY, required=False)


class FilterIn(serializers.Serializer):
    stars = serializers.IntegerField(min_value=FEWEST_STARS, max_value=MOST_STARS, required=False)


class ProductReviewsView(ApiView):
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="catalog_reviews_list", responses=ReviewPageOut,
        parameters=[FilterIn, OpenApiParameter("page", int), OpenApiParameter("page_size", int)],
    )
    def get(self, request: Request, pk: int) -> Response:
        """Published reviews of a product, newest first, with the mean and how many gave how many stars."""
        form = FilterIn(data=request.query_params)
        form.is_valid(raise_exception=True)
        product = queries.readable_product(request.user, pk=pk)
        mine = queries.mine(request.user, pk)
        page = Page()
        rows = page.paginate_queryset(
            queries.published(pk, form.validated_data.get("stars")), request, view=self
        )
        answer = page.get_paginated_response(ReviewOut(rows, many=True).data)
        answer.data |= {
            "rating": rating(product.rating_sum, product.rating_count),
            "stars": {str(stars): count for stars, count in queries.stars_of(pk).items()},
            "mine": OwnReviewOut(mine).data if mine else None,
            "can_review": mine is None and queries.delivered_line(request.user, pk) is not None,
        }
        return answer

    @extend_schema(operation_id="catalog_reviews_create", request=ReviewIn, responses={201: OwnReviewOut})
    def post(self, request: Request, pk: int) -> Response:
        """Give one's opinion. 403 `not_a_buyer`, 409 `already_reviewed` (`review_id`). Public once staff read it."""
        review = services.write_review(actor=request.user, product_id=pk, **self.read(ReviewIn))
        return Response(OwnReviewOut(review).data, status=201)


class ReviewView(ApiView):
    @extend_schema(operation_id="catalog_reviews_retrieve", responses=OwnReviewOut)
    def get(self, request: Request, pk: int) -> Response:
        """One's own review."""
        return Response(OwnReviewOut(queries.get_for(request.user, pk)).data)

    @extend_schema(operation_id="catalog_reviews_update", request=ReviewChangeIn, responses=OwnReviewOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change one's own review; it is read again before it is public."""
        review = services.edit_review(actor=request.user, review_id=pk, **self.read(ReviewChangeIn))
        return Response(OwnReviewOut(review).data)

    @extend_schema(operation_id="catalog_reviews_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take one's own review back."""
        services.delete_review(actor=request.user, review_id=pk)
        return Response(status=204)
