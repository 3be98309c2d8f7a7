"""Pages of reviews, under /produit/<slug>/avis/: all of them, and the form of a buyer."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate
from shop.catalogue.models import Product
from shop.reviews import queries, services
from shop.reviews.forms import ReviewForm, form_for
from shop.reviews.models import Review
from shop.reviews.tags import rating_context


class ReviewsPage(ServiceFormView):
    """All published reviews; below, the form for who received the product. Reading is public."""

    template_name = "shop/reviews/list.html"
    form_class = ReviewForm
    success_message = _("Thank you. We read your opinion before it is shown.")

    @cached_property
    def product(self) -> Product:
        return queries.readable_product(self.request.user, slug=self.kwargs["slug"])

    @cached_property
    def mine(self) -> Review | None:
        return queries.mine(self.request.user, self.product.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().post(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> ReviewForm:
        return form_for(self.mine, self.request.POST if self.request.method == "POST" else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product = self.product
        return {
            **super().get_context_data(**kwargs), **rating_context(product), "product": product,
            "page": paginate(self.request, queries.published(product.pk), 10), "mine": self.mine,
            "stars": queries.stars_of(product.pk).items(),
            "may_write": bool(self.mine or queries.delivered_line(self.request.user, product.pk)),
            "for_sale": product.is_active,
        }

    def perform(self, form: ReviewForm) -> Review:
        if self.mine:
            return services.edit_review(actor=self.request.user, review_id=self.mine.pk, **form.cleaned_data)
        return services.write_review(actor=self.request.user, product_id=self.product.pk, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("shop:reviews", args=[self.kwargs["slug"]])


class DeleteReview(LoginRequired, ActionView):
    success_message = _("Your opinion is deleted.")

    def perform(self) -> None:
        services.delete_review(actor=self.request.user, review_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("shop:reviews", args=[self.kwargs["slug"]])
