using System.Globalization;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>What a Job waits for that somebody may be able to change; its Events say so.</summary>
public abstract record JobObstacle
{
    private JobObstacle()
    {
    }

    /// <summary>The Event's type.</summary>
    public virtual string Type => "Warning";

    /// <summary>The Event's reason.</summary>
    public abstract string Reason { get; }

    /// <summary>Obstacles of one key are the same one, and told once in a while.</summary>
    public virtual string Key => Reason;

    /// <summary>The Event's message.</summary>
    public abstract string Describe();

    /// <summary>The scheduler has found no node.</summary>
    public sealed record Unschedulable(int Pods, string Why) : JobObstacle
    {
        public override string Reason => "PodsUnschedulable";

        public override string Describe() =>
            $"{Pods.ToString(CultureInfo.InvariantCulture)} {(Pods == 1 ? "pod waits" : "pods wait")} for a node: "
            + Why;
    }

    /// <summary>A container cannot be started, or not again yet: its image is missing, its configuration is wrong, it
    /// has failed.</summary>
    public sealed record NotStarting(string Pod, string Container, string Cause, string? Why) : JobObstacle
    {
        public override string Reason => "PodsNotStarting";

        /// <summary>A pull fails and is waited with by turns.</summary>
        public override string Key => $"{Reason}/{(Cause == "ErrImagePull" ? "ImagePullBackOff" : Cause)}";

        public override string Describe() =>
            $"Container {Container} of pod {Pod} is not started: {Cause}{(Why is { Length: > 0 } ? $": {Why}" : "")}";
    }

    /// <summary>The node that a pod was bound to does not take it, which counts as a failure of the pod.</summary>
    public sealed record Rejected(string Pod, NodeRejection Why) : JobObstacle
    {
        public override string Reason => "PodsRejected";

        public override string Key => $"{Reason}/{Pod}";

        public override string Describe() => $"Pod {Pod} is not taken by its node: {Why}";
    }

    /// <summary>The next pod waits because others have failed.</summary>
    public sealed record BacksOff(int Failures, DateTimeOffset Until) : JobObstacle
    {
        public override string Type => "Normal";

        public override string Reason => "PodsBackOff";

        public override string Key => string.Create(CultureInfo.InvariantCulture, $"{Reason}/{Until:O}");

        public override string Describe() => string.Create(CultureInfo.InvariantCulture,
            $"{Failures} {(Failures == 1 ? "pod has" : "pods in a row have")} failed: the next one is made at "
            + $"{Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
    }

    /// <summary>All indexes that miss a pod wait because theirs have failed.</summary>
    public sealed record IndexesBackOff(DateTimeOffset Until) : JobObstacle
    {
        public override string Type => "Normal";

        public override string Reason => "PodsBackOff";

        public override string Key => string.Create(CultureInfo.InvariantCulture, $"{Reason}/{Until:O}");

        public override string Describe() => string.Create(CultureInfo.InvariantCulture,
            $"All indexes without a pod have failed before: the next pod is made at "
            + $"{Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
    }
}

/// <summary>That an obstacle was told, and when.</summary>
/// <param name="Key">Its key.</param>
/// <param name="At">When it was told last.</param>
public readonly record struct ToldObstacle(string Key, DateTimeOffset At);

/// <summary>Which obstacles there are was told. After a restart they are told again.</summary>
public sealed record JobObstaclesTold(Api.ValueList<ToldObstacle> Obstacles) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
