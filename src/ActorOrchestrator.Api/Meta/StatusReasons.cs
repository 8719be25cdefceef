namespace ActorOrchestrator.Api;

/// <summary>meta/v1 StatusReason: why a call failed, as one word for programs.</summary>
public static class StatusReasons
{
    public const string AlreadyExists = "AlreadyExists";
    public const string BadRequest = "BadRequest";
    public const string Conflict = "Conflict";
    public const string Expired = "Expired";
    public const string Forbidden = "Forbidden";
    public const string InternalError = "InternalError";
    public const string Invalid = "Invalid";
    public const string MethodNotAllowed = "MethodNotAllowed";
    public const string NotAcceptable = "NotAcceptable";
    public const string NotFound = "NotFound";
    public const string RequestEntityTooLarge = "RequestEntityTooLarge";
    public const string ServiceUnavailable = "ServiceUnavailable";
    public const string Timeout = "Timeout";
    public const string TooManyRequests = "TooManyRequests";
    public const string Unauthorized = "Unauthorized";
    public const string UnsupportedMediaType = "UnsupportedMediaType";

    /// <summary>A cause (<see cref="StatusCause"/>) of a creation refused in a namespace that is being
    /// deleted.</summary>
    public const string NamespaceTerminating = "NamespaceTerminating";
}
