from django.urls import path

from leaders.views import joining, mail, pages, people, settings

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("help/", pages.help_now, name="help"),
    path("house-rules/", pages.house_rules, name="house_rules"),
    path("house-rules/accept/", joining.accept_rules, name="accept_rules"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("leaders/", people.leaders, name="leaders"),
    path("leaders/<slug:handle>/", people.leader, name="leader"),
    path("leaders/<slug:handle>/photo/", people.photo, name="leader_photo"),
    path("settings/", settings.settings, name="settings"),
    path("settings/profile/", settings.profile, name="settings_profile"),
    path("settings/photo/remove/", settings.remove_photo, name="remove_photo"),
    path("unsubscribe/<str:token>/", mail.unsubscribe, name="unsubscribe"),
    path("settings/mail/try-again/", mail.try_address_again, name="try_address_again"),
    path("settings/security/", settings.security, name="settings_security"),
    path("settings/second-factor/", settings.second_factor, name="second_factor"),
]
