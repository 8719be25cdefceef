using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>What came of a patch: the patched document, or why it was refused.</summary>
public abstract record PatchResult
{
    private PatchResult()
    {
    }

    public sealed record Patched(JsonNode Node) : PatchResult;

    public sealed record Refused(PatchFailure Failure) : PatchResult;
}

/// <summary>A refusal in the terms of a Status: HTTP code, reason, message and causes.</summary>
public sealed record PatchFailure(int Code, string Reason, string Message)
{
    public ValueList<StatusCause> Causes { get; init; } = [];

    /// <summary>The patch itself is malformed.</summary>
    public static PatchFailure BadRequest(string message) =>
        new(HttpCode.BadRequest, StatusReasons.BadRequest, message);

    /// <summary>The patch is well-formed but does not fit the object.</summary>
    public static PatchFailure Unprocessable(string message) => new(
        HttpCode.UnprocessableEntity, StatusReasons.Invalid,
        "the server rejected our request due to an error in our request: " + message);

    public static PatchFailure TooLarge(string message) => new(
        HttpCode.RequestEntityTooLarge, StatusReasons.RequestEntityTooLarge, "Request entity too large: " + message);

    public Status ToStatus() => new()
    {
        Result = "Failure",
        Message = Message,
        Reason = Reason,
        Details = Causes.Count == 0 ? null : new StatusDetails { Causes = Causes },
        Code = Code,
    };
}
