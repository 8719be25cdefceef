using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>The conditions of a terminating namespace (v1 NamespaceCondition), in Kubernetes' words.</summary>
internal static class NamespaceConditions
{
    public static NamespaceStatus Describe(NamespaceStatus status, NamespaceContent content, DateTimeOffset now)
    {
        ValueList<NamespaceCondition> conditions =
        [
            Make("NamespaceDeletionDiscoveryFailure", isTrue: false,
                "ResourcesDiscovered", "All resources successfully discovered"),
            Make("NamespaceDeletionGroupVersionParsingFailure", isTrue: false,
                "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            Make("NamespaceDeletionContentFailure", isTrue: false,
                "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            content.Resources.Count == 0
                ? Make("NamespaceContentRemaining", isTrue: false,
                    "ContentRemoved", "All content successfully removed")
                : Make("NamespaceContentRemaining", isTrue: true,
                    "SomeResourcesRemain", $"Some resources are remaining: {Remaining(content.Resources)}"),
            content.Finalizers.Count == 0
                ? Make("NamespaceFinalizersRemaining", isTrue: false,
                    "ContentHasNoFinalizers", "All content-preserving finalizers finished")
                : Make("NamespaceFinalizersRemaining", isTrue: true, "SomeFinalizersRemain",
                    $"Some content in the namespace has finalizers remaining: {Waiting(content.Finalizers)}"),
        ];
        return status with { Conditions = [.. conditions.Select(condition => Keep(status, condition, now))] };
    }

    /// <summary>Kubernetes prints the core group as an empty one, hence <c>pods.</c> with a dot.</summary>
    private static string Remaining(ValueMap<int> resources) => string.Join(", ", resources.Select(entry =>
        $"{(entry.Key.Contains('.', StringComparison.Ordinal) ? entry.Key : entry.Key + ".")}"
        + $" has {entry.Value} resource instances"));

    private static string Waiting(ValueMap<int> finalizers) =>
        string.Join(", ", finalizers.Select(entry => $"{entry.Key} in {entry.Value} resource instances"));

    private static NamespaceCondition Make(string type, bool isTrue, string reason, string message) =>
        new() { Type = type, Status = isTrue ? "True" : "False", Reason = reason, Message = message };

    private static NamespaceCondition Keep(NamespaceStatus status, NamespaceCondition condition, DateTimeOffset now)
    {
        var before = status.Conditions.FirstOrDefault(other => other.Type == condition.Type);
        return condition with
        {
            LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime : now,
        };
    }
}
