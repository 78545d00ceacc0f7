"""Refusals of the attachments."""

from __future__ import annotations

from service_kit.errors import Conflict, Unprocessable, ValidationFailed
from service_kit.problems import ConstraintErrors


class AttachmentConflict(Conflict):
    """The id was declared for another file, or these bytes are not the declared ones."""

    code = "attachment_conflict"
    title, title_en = "上传的文件与登记的不是同一份", "These bytes are not the file that was declared"


class MediaTypeMismatch(Unprocessable):
    code = "media_type_mismatch"
    title, title_en = "文件内容不是所说的格式", "The file is not of the type that was declared"


class SubjectUnknown(ValidationFailed):
    code = "subject_unknown"
    title, title_en = "这类记录不能附文件", "Records of this type take no files"


CONSTRAINT_ERRORS: ConstraintErrors = {"attachment_pkey": AttachmentConflict}
