from django.urls import path

from faculty.views import desk, directory

urlpatterns = [
    path("faculty/", directory.faculty, name="faculty"),
    path("faculty/<slug:slug>/", directory.faculty_member, name="faculty_member"),
    path("faculty/<slug:slug>/photo/", directory.faculty_photo, name="faculty_photo"),
    path("desk/", desk.work, name="desk"),
    path("desk/cases/<int:pk>/", desk.case, name="desk_case"),
    path("desk/cases/<int:pk>/take/", desk.take, name="take_case"),
    path("desk/cases/<int:pk>/decide/", desk.decide, name="decide_case"),
    path("desk/requests/<int:pk>/", desk.join_request, name="desk_request"),
    path("desk/suspended/<slug:handle>/lift/", desk.lift, name="lift_suspension"),
    path("desk/log/", desk.log, name="desk_log"),
    path("desk/log.csv", desk.register, name="desk_register"),
]
