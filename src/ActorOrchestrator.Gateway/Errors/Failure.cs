using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;

namespace ActorOrchestrator.Gateway.Errors;

/// <summary>The failures that the gateway itself finds, with the reasons, codes and texts of kube-apiserver
/// (apimachinery <c>api/errors</c>).</summary>
internal static class Failure
{
    public const int BodyBytesMax = 3 * 1024 * 1024;

    private const string JsonAndYaml = "application/json, application/yaml";

    public static StatusException BadRequest(string message) => Of(400, "BadRequest", message);

    public static StatusException Unauthorized() => Of(401, "Unauthorized", "Unauthorized");

    public static StatusException Forbidden(Identity who, AccessRequest what, string reason)
    {
        var why = reason.Length == 0 ? "" : $": {reason}";
        if (what.Path is { } path)
        {
            return Of(403, "Forbidden", $"forbidden: User \"{who.User}\" cannot {what.Verb} path \"{path}\"{why}");
        }

        var full = what.Group.Length == 0 ? what.Resource : $"{what.Resource}.{what.Group}";
        var subject = string.IsNullOrEmpty(what.Name) ? full : $"{full} \"{what.Name}\"";
        var part = what.Subresource.Length == 0 ? what.Resource : $"{what.Resource}/{what.Subresource}";
        var scope = string.IsNullOrEmpty(what.Namespace)
            ? "at the cluster scope"
            : $"in the namespace \"{what.Namespace}\"";
        return Of(
            403, "Forbidden",
            $"{subject} is forbidden: User \"{who.User}\" cannot {what.Verb} resource \"{part}\" "
            + $"in API group \"{what.Group}\" {scope}{why}",
            new StatusDetails { Name = what.Name, Group = NullIfEmpty(what.Group), Kind = what.Resource });
    }

    public static StatusException NoSuchResource() =>
        Of(404, "NotFound", "the server could not find the requested resource", new StatusDetails());

    public static StatusException NotFound(ResourceKind kind, string name) =>
        Of(404, "NotFound", $"{kind.Resource} \"{name}\" not found", Details(kind, name));

    public static StatusException MethodNotAllowed() =>
        Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new());

    public static StatusException NotAcceptable() =>
        Of(406, "NotAcceptable", $"only the following media types are accepted: {JsonAndYaml}");

    public static StatusException Conflict(ResourceKind kind, string name, string because) =>
        Of(409, "Conflict", $"Operation cannot be fulfilled on {kind.Resource} \"{name}\": {because}",
            Details(kind, name));

    public static StatusException Expired(string message, string? continueWith = null)
    {
        var status = Build(410, "Expired", message, null);
        return new(continueWith is null ? status : status with { Metadata = new() { Continue = continueWith } });
    }

    public static Status GoneStatus(long asked, long oldest) =>
        Build(410, "Expired", $"too old resource version: {asked} ({oldest})", null);

    public static StatusException BodyTooLarge() =>
        Of(413, "RequestEntityTooLarge", $"Request entity too large: limit is {BodyBytesMax}");

    public static StatusException UnsupportedMediaType(string accepted = JsonAndYaml) =>
        Of(415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static StatusException TooManyRequests(int retryAfterSeconds) =>
        Of(429, "TooManyRequests", "too many requests, please try again later",
            new StatusDetails { RetryAfterSeconds = retryAfterSeconds });

    public static StatusException Internal(string message) =>
        Of(500, "InternalError", $"Internal error occurred: {message}",
            new StatusDetails { Causes = [new StatusCause { Message = message }] });

    public static StatusException Stopping() =>
        Of(503, "ServiceUnavailable", "the server is stopping", new StatusDetails { RetryAfterSeconds = 1 });

    public static StatusException VersionTooLarge(long asked, long current) =>
        Of(504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}",
            new StatusDetails
            {
                Causes = [new() { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
                RetryAfterSeconds = 1,
            });

    /// <summary>422: <c>Pod "x" is invalid: spec.containers: Required value</c>, all causes in brackets.</summary>
    public static StatusException Invalid(ResourceKind kind, string? name, IReadOnlyList<StatusCause> causes)
    {
        var lines = causes.Select(cause => $"{cause.Field}: {cause.Message}").Distinct(StringComparer.Ordinal).ToList();
        var text = lines.Count == 1 ? lines[0] : $"[{string.Join(", ", lines)}]";
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return Of(
            422, "Invalid", $"{qualified} \"{name}\" is invalid: {text}",
            new StatusDetails
            {
                Name = name,
                Group = NullIfEmpty(kind.Group),
                Kind = kind.Kind,
                Causes = causes.ToValueList(),
            });
    }

    public static Status Build(int code, string reason, string message, StatusDetails? details) => new()
    {
        Result = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    };

    public static Status Success(StatusDetails? details, int code = 0) =>
        new() { Result = "Success", Details = details, Code = code };

    public static StatusDetails Details(ResourceKind kind, string? name) =>
        new() { Name = name, Group = NullIfEmpty(kind.Group), Kind = kind.Plural };

    private static StatusException Of(int code, string reason, string message, StatusDetails? details = null) =>
        new(Build(code, reason, message, details));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
