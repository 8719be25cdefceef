using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What a resize may change in a pod: cpu and memory of its containers and sidecars, which may become more and
/// less, but not be taken away, and not make another class of service of it.</summary>
internal static class PodResizeRules
{
    private const string Containers = "containers";
    private const string Requests = "requests";
    private const string Limits = "limits";

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    private static readonly (string List, Func<PodSpec, ValueList<Container>> Of)[] Lists =
    [
        ("initContainers", spec => spec.InitContainers), (Containers, spec => spec.Containers),
    ];

    public static void Check(FieldErrors errors, Pod old, Pod @new)
    {
        if (StaticPods.IsMirror(old))
        {
            errors.Forbidden(Spec, "static pods cannot be resized");
            return;
        }

        if (PodResize.AsksAsAWhole(old.Spec) || PodResize.AsksAsAWhole(@new.Spec))
        {
            errors.Forbidden(Spec.Child("resources"), "pods with pod-level resources cannot be resized");
            return;
        }

        if (PodQos.Of(old) != PodQos.ClassOf(@new.Spec))
        {
            errors.Invalid(Spec, PodQos.Of(old), "Pod QOS Class may not change as a result of resizing");
        }

        if (old.Status.ContainerStatuses.FirstOrDefault(status => status.State.Running is not null) is
            { Resources: null })
        {
            errors.Forbidden(Spec, "Pod running on node without support for resize");
        }

        if (!HasSameContainers(errors, old.Spec, @new.Spec))
        {
            return;
        }

        var claims = PodContext.ClaimsOf(@new.Spec);
        foreach (var (list, of) in Lists)
        {
            for (var i = 0; i < of(old.Spec).Count; i++)
            {
                var path = Spec.Child(list).Index(i);
                ResourceRules.Check(errors, path.Child("resources"), of(@new.Spec)[i].Resources, claims);
                CheckContainer(errors, path, of(old.Spec)[i], of(@new.Spec)[i], list);
            }
        }
    }

    private static bool HasSameContainers(FieldErrors errors, PodSpec old, PodSpec @new)
    {
        var isSame = true;
        foreach (var (list, of) in Lists)
        {
            if (of(old).Count != of(@new).Count)
            {
                errors.Forbidden(Spec.Child(list), $"{list} may not be added or removed on resize");
                isSame = false;
                continue;
            }

            for (var i = 0; i < of(old).Count; i++)
            {
                if (of(old)[i].Name != of(@new)[i].Name)
                {
                    errors.Forbidden(
                        Spec.Child(list).Index(i).Child("name"), $"{list} may not be renamed or reordered on resize");
                    isSame = false;
                }
            }
        }

        return isSame;
    }

    private static void CheckContainer(
        FieldErrors errors, FieldPath path, Container old, Container @new, string list)
    {
        var (before, after) = (old.Resources, @new.Resources);
        if (list != Containers && old.RestartPolicy != "Always")
        {
            if (old != @new)
            {
                errors.Forbidden(Spec, "resources for non-sidecar init containers are immutable");
            }

            return;
        }

        CheckKept(errors, path.Child("resources", Requests), Requests, before.Requests, after.Requests);
        CheckKept(errors, path.Child("resources", Limits), Limits, before.Limits, after.Limits);
        var others = after with
        {
            Requests = WithCpuAndMemoryOf(after.Requests, before.Requests),
            Limits = WithCpuAndMemoryOf(after.Limits, before.Limits),
        };
        if (others != before)
        {
            errors.Forbidden(Spec, list == Containers
                ? "only cpu and memory resources are mutable"
                : "only cpu and memory resources for sidecar containers are mutable");
        }
    }

    private static void CheckKept(
        FieldErrors errors, FieldPath path, string what, ValueMap<Quantity> old, ValueMap<Quantity> @new)
    {
        if (old.Keys.Any(name => name is "cpu" or "memory" && !@new.ContainsKey(name)))
        {
            errors.Forbidden(path, $"resource {what} cannot be removed");
        }
    }

    private static ValueMap<Quantity> WithCpuAndMemoryOf(ValueMap<Quantity> amounts, ValueMap<Quantity> old) =>
        ValueMap<Quantity>.From(
            amounts.Where(amount => amount.Key is not ("cpu" or "memory"))
                .Concat(old.Where(amount => amount.Key is "cpu" or "memory")));
}
