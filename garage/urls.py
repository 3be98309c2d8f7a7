
app_name = "garage"
urlpatterns: list = []
