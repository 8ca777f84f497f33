from django.core.exceptions import BadRequest


class RefuseNul:
    """Answers 400 to an address with a NUL byte, which PostgreSQL could not store or look for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address contains a NUL byte.")
        return self.get_response(request)
