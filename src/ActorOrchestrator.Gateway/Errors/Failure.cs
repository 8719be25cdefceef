using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Auth;

namespace ActorOrchestrator.Gateway.Errors;

/// <summary>The failures that the gateway itself finds, with the reasons, codes and texts of kube-apiserver
/// (apimachinery <c>api/errors</c>).</summary>
internal static class Failure
{
    public const int BodyBytesMax = 3 * 1024 * 1024;

    private const string JsonAndYaml = "application/json, application/yaml";

    public static StatusException BadRequest(string message) => new(Statuses.BadRequest(message));

    public static StatusException Unauthorized() => new(Statuses.Unauthorized());

    public static StatusException NotFound(ResourceKind kind, string name) =>
        new(Statuses.NotFound(kind.Resource, name));

    public static StatusException Conflict(ResourceKind kind, string name, string why) =>
        new(Statuses.Conflict(kind.Resource, name, why));

    public static StatusException Forbidden(Identity who, AccessRequest what, string reason)
    {
        var why = reason.Length == 0 ? "" : $": {reason}";
        if (what.Path is { } path)
        {
            return Of(
                HttpCode.Forbidden, StatusReasons.Forbidden,
                $"forbidden: User \"{who.User}\" cannot {what.Verb} path \"{path}\"{why}");
        }

        var full = what.Group.Length == 0 ? what.Resource : $"{what.Resource}.{what.Group}";
        var subject = string.IsNullOrEmpty(what.Name) ? full : $"{full} \"{what.Name}\"";
        var part = what.Subresource.Length == 0 ? what.Resource : $"{what.Resource}/{what.Subresource}";
        var scope = string.IsNullOrEmpty(what.Namespace)
            ? "at the cluster scope"
            : $"in the namespace \"{what.Namespace}\"";
        return Of(
            HttpCode.Forbidden, StatusReasons.Forbidden,
            $"{subject} is forbidden: User \"{who.User}\" cannot {what.Verb} resource \"{part}\" "
            + $"in API group \"{what.Group}\" {scope}{why}",
            Statuses.Details(full, what.Name ?? "") with { Name = what.Name });
    }

    public static StatusException NoSuchResource() => Of(
        HttpCode.NotFound, StatusReasons.NotFound, "the server could not find the requested resource",
        new StatusDetails());

    public static StatusException MethodNotAllowed() => Of(
        HttpCode.MethodNotAllowed, StatusReasons.MethodNotAllowed,
        "the server does not allow this method on the requested resource", new());

    public static StatusException NotAcceptable() => Of(
        HttpCode.NotAcceptable, StatusReasons.NotAcceptable,
        $"only the following media types are accepted: {JsonAndYaml}");

    public static StatusException Expired(string message, string? continueWith = null)
    {
        var status = Statuses.Failure(HttpCode.Gone, StatusReasons.Expired, message);
        return new(continueWith is null ? status : status with { Metadata = new() { Continue = continueWith } });
    }

    public static Status TooOld(long asked, long oldest) =>
        Statuses.Failure(HttpCode.Gone, StatusReasons.Expired, $"too old resource version: {asked} ({oldest})");

    public static StatusException BodyTooLarge() => Of(
        HttpCode.RequestEntityTooLarge, StatusReasons.RequestEntityTooLarge,
        $"Request entity too large: limit is {BodyBytesMax}");

    public static StatusException UnsupportedMediaType(
        string accepted = JsonAndYaml + ", application/vnd.kubernetes.protobuf") =>
        Of(HttpCode.UnsupportedMediaType, StatusReasons.UnsupportedMediaType,
            $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static StatusException TooManyRequests(int retryAfterSeconds) =>
        new(Statuses.TooManyRequests("too many requests, please try again later", retryAfterSeconds));

    public static StatusException Internal(string message) =>
        Of(HttpCode.InternalServerError, StatusReasons.InternalError, $"Internal error occurred: {message}",
            new StatusDetails { Causes = [new StatusCause { Message = message }] });

    public static StatusException VersionTooLarge(long asked, long current) =>
        Of(HttpCode.GatewayTimeout, StatusReasons.Timeout,
            $"Timeout: Too large resource version: {asked}, current: {current}",
            new StatusDetails
            {
                Causes = [new() { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
                RetryAfterSeconds = 1,
            });

    /// <summary>422: <c>Pod "x" is invalid: spec.containers: Required value</c>, all causes in brackets.</summary>
    public static StatusException Invalid(string qualifiedKind, string? name, IEnumerable<FieldError> errors)
    {
        var dot = qualifiedKind.IndexOf('.', StringComparison.Ordinal);
        var distinct = errors.Distinct().ToList();
        var lines = distinct.Select(error => error.ToString()).ToList();
        var text = lines.Count == 1 ? lines[0] : $"[{string.Join(", ", lines)}]";
        return Of(
            HttpCode.UnprocessableEntity, StatusReasons.Invalid, $"{qualifiedKind} \"{name}\" is invalid: {text}",
            new StatusDetails
            {
                Name = name,
                Group = dot < 0 ? null : qualifiedKind[(dot + 1)..],
                Kind = dot < 0 ? qualifiedKind : qualifiedKind[..dot],
                Causes = distinct.Select(error => new StatusCause
                {
                    Reason = error.Reason,
                    Message = error.Body,
                    Field = error.Field,
                }).ToValueList(),
            });
    }

    public static StatusException Invalid(ResourceKind kind, string? name, IEnumerable<FieldError> errors) =>
        Invalid(kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}", name, errors);

    private static StatusException Of(int code, string reason, string message, StatusDetails? details = null) =>
        new(Statuses.Failure(code, reason, message, details));
}
