namespace ActorOrchestrator.Api;

/// <summary>The failures of the API as meta/v1 Status, with Kubernetes' reasons, codes and texts.
/// <c>resource</c> is <see cref="ResourceKind.Resource"/> (<c>pods</c>, <c>deployments.apps</c>).</summary>
public static class Statuses
{
    public static Status NotFound(string resource, string name) => Failure(
        HttpCode.NotFound, StatusReasons.NotFound, $"{resource} \"{name}\" not found", Details(resource, name));

    public static Status AlreadyExists(string resource, string name) => Failure(
        HttpCode.Conflict, StatusReasons.AlreadyExists, $"{resource} \"{name}\" already exists",
        Details(resource, name));

    public static Status Conflict(string resource, string name, string why) => Failure(
        HttpCode.Conflict, StatusReasons.Conflict,
        $"Operation cannot be fulfilled on {resource} \"{name}\": {why}", Details(resource, name));

    public static Status Forbidden(string resource, string name, string why) => Failure(
        HttpCode.Forbidden, StatusReasons.Forbidden, $"{resource} \"{name}\" is forbidden: {why}",
        Details(resource, name));

    /// <summary>A creation in a namespace that is going. The cause tells controllers that it is not their rights that
    /// are missing.</summary>
    public static Status NamespaceTerminating(string resource, string name, string @namespace)
    {
        var status = Forbidden(resource, name,
            $"unable to create new content in namespace {@namespace} because it is being terminated");
        var cause = new StatusCause
        {
            Reason = StatusReasons.NamespaceTerminating,
            Message = $"namespace {@namespace} is being terminated",
            Field = "metadata.namespace",
        };
        return status with { Details = status.Details! with { Causes = [cause] } };
    }

    public static Status BadRequest(string message) =>
        Failure(HttpCode.BadRequest, StatusReasons.BadRequest, message);

    public static Status Unauthorized() =>
        Failure(HttpCode.Unauthorized, StatusReasons.Unauthorized, "Unauthorized");

    public static Status TooManyRequests(string message, int retryAfterSeconds) => Failure(
        HttpCode.TooManyRequests, StatusReasons.TooManyRequests, message,
        new StatusDetails { RetryAfterSeconds = retryAfterSeconds });

    public static Status ServiceUnavailable(string message) =>
        Failure(HttpCode.ServiceUnavailable, StatusReasons.ServiceUnavailable, message);

    public static Status Timeout(string message) =>
        Failure(HttpCode.GatewayTimeout, StatusReasons.Timeout, message);

    public static Status InternalError(string message) =>
        Failure(HttpCode.InternalServerError, StatusReasons.InternalError, message);

    public static Status Failure(int code, string reason, string message, StatusDetails? details = null) => new()
    {
        Result = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    };

    public static StatusDetails Details(string resource, string name)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        return new StatusDetails
        {
            Name = name,
            Kind = dot < 0 ? resource : resource[..dot],
            Group = dot < 0 ? null : resource[(dot + 1)..],
        };
    }
}
