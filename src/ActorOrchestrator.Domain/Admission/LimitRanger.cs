using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin LimitRanger, its first half: containers get the requests and limits that the namespace's
/// LimitRanges have for those that set none, also when they change.</summary>
internal sealed class LimitRangeDefaults : IAdmissionStep
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public bool Handles(in AdmissionContext context) => LimitRanger.IsAsked(context);

    /// <summary>What was valid may be so no more: a request over the limit that it gets, or too long an
    /// annotation.</summary>
    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod)
        {
            return new Admission(proposed);
        }

        var completed = context.Namespace.Ranges.Values.Aggregate(
            pod, (so, range) => Completed(so, range.Spec.Limits));
        return ReferenceEquals(completed, pod)
            ? new Admission(pod)
            : new Admission(completed)
            {
                Errors = context.Current is Pod current
                    ? Validator.ValidateResize(current, completed)
                    : Validator.Validate(completed),
            };
    }

    private static Pod Completed(Pod pod, ValueList<LimitRangeItem> items)
    {
        var ofContainers = items.Where(item => item.Type == "Container").ToList();
        var limits = ValueMap<Quantity>.From(ofContainers.SelectMany(item => item.Default));
        var requests = ValueMap<Quantity>.From(ofContainers.SelectMany(item => item.DefaultRequest));
        var notes = new List<string>();
        var containers = pod.Spec.Containers.Transform(each => Completed(each, "container", limits, requests, notes));
        var inits = pod.Spec.InitContainers
            .Transform(each => Completed(each, "init container", limits, requests, notes));
        return notes.Count == 0 ? pod : pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = pod.Metadata.Annotations.With(
                    Annotation, $"LimitRanger plugin set: {string.Join("; ", notes)}"),
            },
            Spec = pod.Spec with { Containers = containers, InitContainers = inits },
        };
    }

    private static Container Completed(
        Container container, string title, ValueMap<Quantity> limits, ValueMap<Quantity> requests, List<string> notes)
    {
        var own = container.Resources;
        Note("request", requests, own.Requests);
        Note("limit", limits, own.Limits);
        return container with
        {
            Resources = own with
            {
                Requests = ValueMap<Quantity>.From(requests.Concat(own.Requests)),
                Limits = ValueMap<Quantity>.From(limits.Concat(own.Limits)),
            },
        };

        void Note(string what, ValueMap<Quantity> defaults, ValueMap<Quantity> given)
        {
            var names = string.Join(", ", defaults.Keys.Where(name => !given.ContainsKey(name)));
            if (names.Length > 0)
            {
                notes.Add($"{names} {what} for {title} {container.Name}");
            }
        }
    }
}

/// <summary>Kubernetes' plugin LimitRanger, its second half: pods and claims must keep to what the ranges allow, also
/// when they change.</summary>
internal sealed class LimitRanger : IAdmissionStep
{
    public static bool IsAsked(in AdmissionContext context) => context.Current is null || context.IsChangeOfAmounts;

    public bool Handles(in AdmissionContext context) => IsAsked(context);

    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        var items = context.Namespace.Ranges.Values.SelectMany(range => range.Spec.Limits);
        return proposed switch
        {
            Pod pod => Admission.Of(pod, [.. items.SelectMany(item => Complaints(pod.Spec, item))]),
            PersistentVolumeClaim claim =>
                Admission.Of(claim, [.. items.SelectMany(item => Complaints(claim.Spec, item))]),
            _ => new Admission(proposed),
        };
    }

    private static IEnumerable<string> Complaints(PodSpec spec, LimitRangeItem item) => item.Type switch
    {
        "Container" => spec.Containers.Concat(spec.InitContainers).SelectMany(container =>
            Complaints(item, container.Resources.Requests, container.Resources.Limits)),
        "Pod" => Complaints(item, PodRequests.Requested(spec), PodRequests.Limits(spec)),
        _ => [],
    };

    /// <summary>Of a claim, only what is requested counts.</summary>
    private static IEnumerable<string> Complaints(PersistentVolumeClaimSpec spec, LimitRangeItem item)
    {
        if (item.Type != "PersistentVolumeClaim")
        {
            return [];
        }

        var requests = spec.Resources.Requests;
        return item.Min.Select(entry => BelowMinimum(item.Type, entry, requests, ValueMap<Quantity>.Empty))
            .Concat(item.Max.Select(entry => !requests.TryGetValue(entry.Key, out var request)
                ? $"maximum {entry.Key} usage per {item.Type} is {entry.Value}.  No request is specified"
                : request > entry.Value
                    ? $"maximum {entry.Key} usage per {item.Type} is {entry.Value}, but request is {request}"
                    : null))
            .OfType<string>();
    }

    private static IEnumerable<string> Complaints(
        LimitRangeItem item, ValueMap<Quantity> requests, ValueMap<Quantity> limits) =>
        item.Min.Select(entry => BelowMinimum(item.Type, entry, requests, limits))
            .Concat(item.Max.Select(entry => AboveMaximum(item.Type, entry, requests, limits)))
            .Concat(item.MaxLimitRequestRatio.Select(entry => AboveRatio(item.Type, entry, requests, limits)))
            .OfType<string>();

    private static string? BelowMinimum(
        string type, KeyValuePair<string, Quantity> min, ValueMap<Quantity> requests, ValueMap<Quantity> limits)
    {
        var rule = $"minimum {min.Key} usage per {type} is {min.Value}";
        return !requests.TryGetValue(min.Key, out var request) ? $"{rule}.  No request is specified"
            : request < min.Value ? $"{rule}, but request is {request}"
            : limits.TryGetValue(min.Key, out var limit) && limit < min.Value ? $"{rule}, but limit is {limit}"
            : null;
    }

    private static string? AboveMaximum(
        string type, KeyValuePair<string, Quantity> max, ValueMap<Quantity> requests, ValueMap<Quantity> limits)
    {
        var rule = $"maximum {max.Key} usage per {type} is {max.Value}";
        return !limits.TryGetValue(max.Key, out var limit) ? $"{rule}.  No limit is specified"
            : limit > max.Value ? $"{rule}, but limit is {limit}"
            : requests.TryGetValue(max.Key, out var request) && request > max.Value
                ? $"{rule}, but request is {request}"
            : null;
    }

    private static string? AboveRatio(
        string type, KeyValuePair<string, Quantity> max, ValueMap<Quantity> requests, ValueMap<Quantity> limits)
    {
        var rule = $"{max.Key} max limit to request ratio per {type} is {max.Value}, but";
        if (!requests.TryGetValue(max.Key, out var request) || request.IsZero)
        {
            return $"{rule} no request is specified or request is 0";
        }

        if (!limits.TryGetValue(max.Key, out var limit) || limit.IsZero)
        {
            return $"{rule} no limit is specified or limit is 0";
        }

        var ratio = (double)limit.MilliValue / request.MilliValue;
        return ratio * 1000 > max.Value.MilliValue
            ? $"{rule} provided ratio is {ratio.ToString("F6", CultureInfo.InvariantCulture)}"
            : null;
    }
}
