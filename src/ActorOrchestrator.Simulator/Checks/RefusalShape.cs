using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Members;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What every refusal looks like: a Kubernetes Status that says why, and which field is at fault.</summary>
internal static class RefusalShape
{
    /// <summary>A patch that does not fit names the place in its message.</summary>
    private const string PatchFailure = "the server rejected our request due to an error in our request: ";

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Problem(ApiAnswer answer)
    {
        Status status;
        try
        {
            status = KubeJson.Read<Status>(answer.Body.Span);
        }
        catch (KubeJsonException broken)
        {
            return $"is no Status ({broken.Message}): {answer.Text}";
        }

        var isWhole = status is { Kind: "Status", ApiVersion: "v1", Result: "Failure", Reason.Length: > 0 }
            && status.Message is { Length: > 0 } && status.Code == answer.Code;
        if (!isWhole)
        {
            return $"is no whole Status: {answer.Text}";
        }

        var causes = status.Details?.Causes ?? [];
        return status.Code == HttpCode.UnprocessableEntity
            && status.Message?.StartsWith(PatchFailure, StringComparison.Ordinal) != true
            && (causes.Count == 0 || causes.Any(cause => cause.Field is not { Length: > 0 }))
            ? $"does not name the field: {answer.Text}"
            : null;
    }
}
