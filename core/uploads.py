"""How much people may send in files, enforced while it comes in."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MOST_BYTES = 25 * 1024 * 1024


class MostBytes(FileUploadHandler):
    """Stops keeping what is sent once the files of a request are larger than is taken.

    What comes after that is read and forgotten, so that the page can say what was wrong: its form finds no file, and
    `is_upload_too_large` on the request. Fields that stand before the file in the form are kept.
    """

    def __init__(self, request=None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.request.is_upload_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Those who come after this one make the file."""
