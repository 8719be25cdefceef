using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>One admission plugin of Kubernetes: it completes the object, refuses it, or leaves it as it is.</summary>
internal interface IAdmissionStep
{
    /// <summary>Most are about objects that are created.</summary>
    bool Handles(in AdmissionContext context) => context.Current is null;

    Admission Admit(KubeObject proposed, in AdmissionContext context);
}

/// <param name="Self">The object that is to be.</param>
/// <param name="Facts">The cluster.</param>
/// <param name="IsDryRun">It is not going to be.</param>
/// <param name="Now">The time of the decision.</param>
internal readonly record struct AdmissionContext(EntityKey Self, ClusterFacts Facts, bool IsDryRun, DateTimeOffset Now)
{
    /// <summary>What is to be changed; null for what is to be created.</summary>
    public KubeObject? Current { get; init; }

    /// <summary>The subresource that is written; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>A pod asks for other resources, or what asks for none by subresources is changed.</summary>
    public bool IsChangeOfAmounts => (Current, Subresource) is (Pod, Subresources.Resize)
        or (PersistentVolumeClaim or Service, null);

    public NamespaceFacts Namespace => Facts.In(Self.Namespace);
}

/// <summary>The outcome: the object as it goes on, or why it does not (the part after <c>is forbidden:</c>).</summary>
internal readonly record struct Admission(KubeObject Object, string? Refusal = null)
{
    /// <summary>What is wrong with the object as it was completed; it does not go on.</summary>
    public FieldErrors? Errors { get; init; }

    /// <summary>Several complaints as Kubernetes shows them together; none lets the object pass.</summary>
    public static Admission Of(KubeObject proposed, IReadOnlyList<string> complaints) => new(
        proposed,
        complaints.Count switch
        {
            0 => null,
            1 => complaints[0],
            _ => $"[{string.Join(", ", complaints)}]",
        });
}
