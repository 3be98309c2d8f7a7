"""Admin of the journal and the chart of accounts: for looking only."""

from django.contrib import admin

from accounts.wallet.accounting.models import ChartNumber, JournalEntry
from config.lib.admin import ReadOnlyAdmin


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ["number", "date", "journal", "label", "piece", "total", "transaction"]
    list_filter = ["journal", "date"]
    search_fields = ["=number", "piece", "label"]
    list_select_related = ["transaction"]
    date_hierarchy = "date"
    ordering = ["-number"]


@admin.register(ChartNumber)
class ChartNumberAdmin(ReadOnlyAdmin):
    list_display = ["number", "label", "key", "since", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["number", "label", "key"]
