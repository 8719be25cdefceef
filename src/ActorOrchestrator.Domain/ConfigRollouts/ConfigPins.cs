using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.ConfigRollouts;

/// <summary>
/// Which copy of each ConfigMap and Secret a workload's pods are made with. A workload that asks for it
/// (<see cref="Asks"/>) runs on copies that never change, so other content is another template: a revision of its own,
/// rolled out and undone like any other. <see cref="ConfigRoller"/> makes the copies and writes their names into an
/// annotation; the workload's controller reads it here.
/// <code>
///   annotation config-revisions        template that is asked for    template that is rolled out
///   configmaps/app=app-xk2v9…          configMapRef.name: app        configMapRef.name: app-xk2v9…
///   secrets/none=                      secretRef.name: none          secretRef.name: none   (it is not there)
///   configmaps/b=b-9xk2l…*             configMapRef.name: b          configMapRef.name: b-9xk2l…, soon another
/// </code>
/// </summary>
public static class ConfigPins
{
    /// <summary>"true" asks for it.</summary>
    public const string Asks = "actor-orchestrator/config-rollout";

    /// <summary>What the controller goes by: <c>reference=copy</c>, separated by commas.</summary>
    public const string Revisions = "actor-orchestrator/config-revisions";

    /// <summary>Of a copy: the name of what it is a copy of.</summary>
    public const string CopyOf = "actor-orchestrator/config-copy-of";

    /// <summary>Behind the name of a copy: its source holds something else by now, and the copy of that is about to be
    /// made.</summary>
    private const char Outdated = '*';

    public static bool IsAskedFor(KubeObject workload) =>
        workload.Metadata.Annotations.GetValueOrDefault(Asks) == "true";

    /// <summary>The template of a kind that has revisions; null of other kinds.</summary>
    public static PodTemplateSpec? TemplateOf(KubeObject? workload) => workload switch
    {
        Deployment deployment => deployment.Spec.Template,
        StatefulSet set => set.Spec.Template,
        DaemonSet set => set.Spec.Template,
        _ => null,
    };

    /// <summary>The template that is rolled out: names of copies in place of what the annotation names.</summary>
    public static PodTemplateSpec Pinned(this KubeObject workload)
    {
        var template = TemplateOf(workload)
            ?? throw new ArgumentException($"a {workload.Kind} has no revisions", nameof(workload));
        if (!IsAskedFor(workload))
        {
            return template;
        }

        var pins = Read(workload);
        return template with
        {
            Spec = ConfigReferences.Rename(
                template.Spec,
                reference => pins.GetValueOrDefault(reference) is { Length: > 0 } copy ? copy : reference.Name),
        };
    }

    /// <summary>What the template names and the annotation does not yet: nothing new is rolled out before it
    /// does.</summary>
    public static IReadOnlyList<ConfigReference> Unpinned(KubeObject workload)
    {
        if (!IsAskedFor(workload) || TemplateOf(workload) is not { } template)
        {
            return [];
        }

        var pins = Read(workload);
        return [.. ConfigReferences.Of(template.Spec).Where(reference => !pins.ContainsKey(reference))];
    }

    /// <summary>What copies are still to be made of before anything is done for the workload: of what is
    /// <see cref="Unpinned"/>; and where the template is a new one, of sources that have changed.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="hasRevision">Whether there is a revision of <see cref="Pinned"/> already.</param>
    public static IReadOnlyList<ConfigReference> Awaited(KubeObject workload, Func<bool> hasRevision)
    {
        var unpinned = Unpinned(workload);
        return unpinned.Count == 0 && IsPending(workload) && !hasRevision()
            ? ConfigReferences.Of(TemplateOf(workload)!.Spec)
            : unpinned;
    }

    /// <summary>A source has changed, and what it holds now is not rolled out yet. Such a change counts as one of the
    /// spec: it raises metadata.generation, and is observed when it is rolled out.</summary>
    public static bool IsPending(KubeObject workload) =>
        workload.Metadata.Annotations.GetValueOrDefault(Revisions)?.Contains(Outdated) == true
        && IsAskedFor(workload);

    /// <summary>What the workload's status.observedGeneration is to be.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="shown">What it is.</param>
    public static long ObservedGeneration(KubeObject workload, long shown) =>
        IsPending(workload) ? shown : workload.Metadata.Generation ?? 1;

    /// <summary>The same annotation, with marks at what is outdated of it; null when nothing is.</summary>
    public static string? Pending(KubeObject workload, Func<ConfigReference, string, bool> isOutdated)
    {
        var pins = Read(workload).Select(pin => KeyValuePair.Create(
            pin.Key, isOutdated(pin.Key, pin.Value) ? pin.Value + Outdated : pin.Value)).ToList();
        return pins.Exists(pin => pin.Value.EndsWith(Outdated)) ? Text(pins) : null;
    }

    /// <summary>Whether two states of an object differ in what is rolled out of it.</summary>
    public static bool AreSame(KubeObject one, KubeObject other) =>
        one.Metadata.Annotations.GetValueOrDefault(Revisions)
        == other.Metadata.Annotations.GetValueOrDefault(Revisions);

    /// <summary>The annotation; an entry without a copy is of a thing that is not there. What cannot be read counts for
    /// nothing, and is soon written anew.</summary>
    public static IReadOnlyDictionary<ConfigReference, string> Read(KubeObject workload)
    {
        var pins = new Dictionary<ConfigReference, string>();
        var text = workload.Metadata.Annotations.GetValueOrDefault(Revisions) ?? "";
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split('/', '=') is [var resource, var name, var copy])
            {
                pins[new ConfigReference(resource, name)] = copy.TrimEnd(Outdated);
            }
        }

        return pins;
    }

    /// <summary>The annotation's text.</summary>
    public static string Text(IEnumerable<KeyValuePair<ConfigReference, string>> pins) =>
        string.Join(',', pins.Select(pin => $"{pin.Key}={pin.Value}"));
}
