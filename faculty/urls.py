from django.urls import path

from faculty import views

urlpatterns = [
    path("faculty/", views.faculty, name="faculty"),
    path("faculty/<slug:slug>/", views.faculty_member, name="faculty_member"),
    path("faculty/<slug:slug>/photo/", views.faculty_photo, name="faculty_photo"),
]
