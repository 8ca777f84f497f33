from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group


@admin.register(Group)
class AdminGroup(GroupAdmin):
    """What admins who are no superusers may do; superusers alone say so."""

    about = "What admins may do who are not superusers."

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        return request.user.is_superuser
