"""What the service refuses: a status, a code, a sentence, and key/value details.

Both planes render the same `ServiceError` in their own envelope.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)  # neither frozen nor slotted: Python sets __traceback__ on what is raised
class ServiceError(Exception):
    """A refusal. `details` become `values` on the data plane and `details` on ARM."""

    status: int
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"


# Sentences of the service where a recording shows them; the documented ones otherwise.
# Source: Microsoft Learn, "Batch status and error codes", and recorded answers.
SENTENCES: dict[str, tuple[int, str]] = {
    "ConditionNotMet": (412, "The condition specified using HTTP conditional header(s) is not met."),
    "MissingRequiredHeader": (400, "An HTTP header that's mandatory for this request is not specified."),
    "MissingRequiredProperty": (400, "A required property was not specified in the request body."),
    "InvalidHeaderValue": (400, "The value provided for one of the HTTP headers was not in the correct format."),
    "InvalidPropertyValue": (
        400,
        "The value provided for one of the properties in the request body is invalid.",
    ),
    "MissingRequiredQueryParameter": (
        400,
        "A query parameter that's mandatory for this request is not specified.",
    ),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "OutOfRangeQueryParameterValue": (
        400,
        "The value specified for one of the query parameters in the request URI is outside the permissible range.",
    ),
    "InvalidRequestBody": (400, "The specified Request Body is not syntactically valid."),
    "UnsupportedRequestVersion": (400, "The specified API version is not supported."),
    "MultipleConditionHeadersNotSupported": (400, "Multiple condition headers are not supported."),
    "PropertyCannotBeUpdated": (400, "A property that cannot be updated was specified as part of the request."),
    "InvalidAutoScalingSettings": (400, "The autoscale settings are invalid."),
    "AutoScalingFormulaTooLong": (400, "The specified autoscale formula exceeds the maximum length."),
    "AutoScalingFormulaSyntaxError": (400, "The specified autoscale formula has a syntax error."),
    "AuthenticationFailed": (
        403,
        (
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed "
            "correctly including the signature."
        ),
    ),
    "UnsupportedHttpVerb": (405, "The resource doesn't support the specified HTTP verb."),
    "MissingContentLengthHeader": (411, "The Content-Length header was not specified."),
    "RequestBodyTooLarge": (413, "The size of the request body exceeds the maximum size permitted."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "PoolNotFound": (404, "The specified pool does not exist."),
    "NodeNotFound": (404, "The specified node does not exist."),
    "JobNotFound": (404, "The specified job does not exist."),
    "JobScheduleNotFound": (404, "The specified job schedule does not exist."),
    "TaskNotFound": (404, "The specified task does not exist."),
    "FileNotFound": (404, "The specified file does not exist."),
    "NodeUserNotFound": (404, "The specified node user does not exist."),
    "ApplicationNotFound": (404, "The specified application does not exist."),
    "PoolExists": (409, "The specified pool already exists."),
    "PoolBeingDeleted": (409, "The specified pool is being deleted."),
    "PoolBeingResized": (409, "The specified pool is being resized."),
    "PoolQuotaReached": (409, "The pool quota for the account has been reached."),
    "JobExists": (409, "The specified job already exists."),
    "JobBeingDeleted": (409, "The specified job is being deleted."),
    "JobBeingTerminated": (409, "The specified job is being terminated."),
    "JobCompleted": (409, "The specified job is already in a completed state."),
    "JobDisabled": (409, "The specified job is disabled."),
    "JobNotActive": (409, "The specified job is not active."),
    "ActiveJobAndScheduleQuotaReached": (
        409,
        "The active jobs and job schedules quota for the account has been reached.",
    ),
    "JobWithSameIdExists": (409, "A job with the same id already exists."),
    "JobScheduleExists": (409, "The specified job schedule already exists."),
    "JobScheduleBeingDeleted": (409, "The specified job schedule is being deleted."),
    "JobScheduleBeingTerminated": (409, "The specified job schedule is being terminated."),
    "JobScheduleCompleted": (409, "The specified job schedule is already in a completed state."),
    "JobScheduleDisabled": (409, "The specified job schedule is disabled."),
    "JobScheduleWithSameIdExists": (409, "A job schedule with the same id already exists."),
    "TaskExists": (409, "The specified task already exists."),
    "TaskCompleted": (409, "The specified task is already in a completed state."),
    "TaskNotCompleted": (409, "The specified task is not in a completed state."),
    "NodeBeingCreated": (409, "The specified node is being created."),
    "NodeBeingStarted": (409, "The specified node is being started."),
    "NodeBeingRebooted": (409, "The specified node is being rebooted."),
    "NodeBeingReimaged": (409, "The specified node is being reimaged."),
    "NodeStateUnusable": (409, "The specified node is unusable."),
    "NodeAlreadyInTargetSchedulingState": (409, "The specified node is already in the target scheduling state."),
    "JobPreparationTaskOrReleaseTaskNotSpecified": (
        409,
        "The specified job does not have either job preparation task or job release task.",
    ),
    "TaskSucceeded": (409, "The specified task has already completed successfully."),
    "TaskFilesUnavailable": (409, "The task files are unavailable because the node is not in a state to serve them."),
    "TaskFilesCleanedup": (409, "The task files are no longer available; their retention time has elapsed."),
    "TaskDependenciesNotSpecifiedOnJob": (
        400,
        "The specified task has dependencies, but the job does not have usesTaskDependencies set.",
    ),
    "TaskIdSameAsJobPreparationTask": (409, "The id of the task is that of the job's preparation task."),
    "TaskIdSameAsJobReleaseTask": (409, "The id of the task is that of the job's release task."),
    "OperationInvalidForCurrentState": (
        409,
        "The specified operation is not valid for the current state of the resource.",
    ),
    "OperationNotValidOnNode": (409, "The specified operation is not valid on the node."),
    "OperationNotValidOnPool": (409, "The specified operation is not valid on the pool."),
    "InvalidApplicationPackageReferences": (
        409,
        "One or more of the specified application package references are invalid.",
    ),
    "InternalError": (500, "Server encountered an internal error. Please try again after some time."),
    "OperationTimedOut": (500, "Operation could not be completed within the permitted time."),
    "ServerBusy": (503, "The server is busy. Please retry after some time."),
    "TooManyEnableAutoScaleRequests": (503, "Autoscale was enabled on the pool less than 30 seconds ago."),
}


def refuse(code: str, *details: tuple[str, str], message: str | None = None, status: int | None = None) -> ServiceError:
    """Return the error of a known code, with the service's sentence unless another is given."""
    known = SENTENCES.get(code)
    if known is None and (message is None or status is None):
        raise KeyError(f"no sentence for {code}")
    default_status, sentence = known or (0, "")
    return ServiceError(status or default_status, code, message or sentence, details)


def invalid_property(name: str, value: object, reason: str) -> ServiceError:
    """Return 400 InvalidPropertyValue as recorded: leaf name, value, reason."""
    details = [("PropertyName", name)]
    if value is not None:
        details.append(("PropertyValue", str(value)))
    return refuse("InvalidPropertyValue", *details, ("Reason", reason))
