using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// Numbers the templates that a Deployment has had, in annotations of their ReplicaSets (kubectl rollout history). The
/// newest has the highest number: going back to an old template gives its ReplicaSet a new number, and what it was
/// before goes to its <c>revision-history</c>. What does not fit among the annotations is left out.
/// <code>
///   A(1)                     template B    A(1) B(2)
///   A(1) B(2)                undo to A     A(3, history "1") B(2)
/// </code>
/// </summary>
public static class Revisions
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string History = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    /// <summary>Of old numbers, the oldest are forgotten beyond this length in characters.</summary>
    private const int HistoryLengthMax = 2000;

    /// <summary>Room for the four above, with their names.</summary>
    private const int OwnBytesMax = 4096;

    private static readonly string[] NeverCopied =
    [
        "kubectl.kubernetes.io/last-applied-configuration", Revision, History, DesiredReplicas, MaxReplicas,
        "deprecated.deployment.rollback.to", ConfigPins.Revisions,
    ];

    /// <summary>0 without a (readable) number.</summary>
    public static long Of(KubeObject value) =>
        long.TryParse(value.Metadata.Annotations.GetValueOrDefault(Revision), NumberStyles.None,
            CultureInfo.InvariantCulture, out var revision)
            ? revision
            : 0;

    /// <summary>The number of the newest template: one more than any old one.</summary>
    public static long Next(IEnumerable<ReplicaSet> old) => old.Select(Of).DefaultIfEmpty(0).Max() + 1;

    /// <summary>The new ReplicaSet's annotations: those of the Deployment (change-cause ...) over its own, and its
    /// number. A number that is higher already stays, since ReplicaSets with lower ones may have been
    /// deleted.</summary>
    public static ValueMap<string> Annotate(Deployment deployment, ValueMap<string> current, long revision)
    {
        var annotations = Copied(deployment, current);
        var text = annotations.GetValueOrDefault(Revision);
        if (text is not null && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var had))
        {
            return had >= revision
                ? annotations
                : With(annotations, (Revision, Text(revision)), (History, Remember(annotations, text)));
        }

        return With(annotations, (Revision, Text(revision)));
    }

    /// <summary>The Deployment's own annotations: the number of its newest template.</summary>
    public static ValueMap<string> Show(ValueMap<string> annotations, long revision) =>
        With(annotations, (Revision, Text(revision)));

    /// <summary>Marks a ReplicaSet as sized for the Deployment's present number (see ProportionalScaling).</summary>
    public static ValueMap<string> AnnotateSize(ValueMap<string> annotations, RolloutBounds bounds) =>
        With(annotations, (DesiredReplicas, Text(bounds.Desired)), (MaxReplicas, Text(bounds.PodsMax)));

    public static int? SizeAnnotation(ReplicaSet set, string annotation) =>
        int.TryParse(set.Metadata.Annotations.GetValueOrDefault(annotation), NumberStyles.None,
            CultureInfo.InvariantCulture, out var size)
            ? size
            : null;

    private static ValueMap<string> Copied(Deployment deployment, ValueMap<string> current)
    {
        var copied = deployment.Metadata.Annotations
            .Where(annotation => !NeverCopied.Contains(annotation.Key)).ToList();
        return copied.All(annotation => current.GetValueOrDefault(annotation.Key) == annotation.Value)
            ? current
            : AnnotationSize.Merged(current, copied, OwnBytesMax);
    }

    private static ValueMap<string> With(
        ValueMap<string> annotations, params IEnumerable<(string Key, string Value)> own) =>
        AnnotationSize.Merged(annotations, own.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static string Remember(ValueMap<string> annotations, string former)
    {
        var history = annotations.GetValueOrDefault(History) is { Length: > 0 } known ? $"{known},{former}" : former;
        while (history.Length > HistoryLengthMax && history.Contains(','))
        {
            history = history[(history.IndexOf(',') + 1)..];
        }

        return history;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
