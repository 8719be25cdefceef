using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of resource requests and limits, of containers and of pods as a whole.</summary>
internal static class ResourceRules
{
    private const string HugePages = "hugepages-";

    private static readonly HashSet<string> OfContainers = ["cpu", "memory", "ephemeral-storage"];

    private static readonly HashSet<string> Counts =
    [
        "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
        "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ];

    /// <summary>What may be without a domain, in some place or another.</summary>
    private static readonly HashSet<string> Standard =
    [
        .. OfContainers, .. Counts, "storage", "requests.cpu", "requests.memory", "requests.storage",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ];

    /// <summary>What a container asks for.</summary>
    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the requirements.</param>
    /// <param name="resources">The requirements.</param>
    /// <param name="claims">The names of the pod's claims to devices.</param>
    public static void Check(
        FieldErrors errors, FieldPath path, ResourceRequirements resources, IReadOnlyCollection<string> claims)
    {
        Check(errors, path, resources, CheckContainerName);
        CheckClaims(errors, path.Child("claims"), resources.Claims, claims);
    }

    /// <summary>What a pod as a whole asks for: at least what its containers do, who may not be limited to more.
    /// </summary>
    public static void CheckPod(FieldErrors errors, FieldPath path, ResourceRequirements whole, PodSpec pod)
    {
        if (whole.Claims.Count > 0)
        {
            errors.Forbidden(path.Child("claims"), "claims cannot be set for Resources at pod-level");
        }

        Check(errors, path, whole, CheckPodName);
        CheckCovered(errors, path, "requests", whole.Requests, ContainerAmounts.Requests(pod));
        CheckCovered(errors, path, "limits", whole.Limits.Where(pair => IsHugePages(pair.Key)),
            ContainerAmounts.Limits(pod));

        for (var i = 0; i < pod.Containers.Count; i++)
        {
            foreach (var (name, limit) in pod.Containers[i].Resources.Limits)
            {
                if (whole.Limits.TryGetValue(name, out var most) && limit > most)
                {
                    errors.Invalid(path.Child("containers").Index(i).Key(name).Child("limits"), limit.ToString(),
                        $"must be less than or equal to pod limits of {most}");
                }
            }
        }
    }

    /// <summary>What the pod says is at least what its containers say together; a template may leave to others to say
    /// it.</summary>
    private static void CheckCovered(
        FieldErrors errors, FieldPath path, string what, IEnumerable<KeyValuePair<string, Quantity>> whole,
        IReadOnlyDictionary<string, Quantity> containers)
    {
        foreach (var (name, given) in whole.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (containers.TryGetValue(name, out var sum) && sum > given)
            {
                errors.Invalid(path.Child(what).Key(name), given.ToString(),
                    $"must be greater than or equal to aggregate container {what} of {sum}");
            }
        }
    }

    /// <summary>The name of what a LimitRange bounds.</summary>
    public static void CheckRangedName(FieldErrors errors, FieldPath path, string type, string name)
    {
        if (type is "Container" or "Pod")
        {
            CheckContainerName(errors, path, name);
        }
        else
        {
            IsNamed(errors, path, name);
        }
    }

    /// <summary>The name of what a ResourceQuota bounds: an amount, a count, or something of a domain.</summary>
    public static void CheckQuotaName(FieldErrors errors, FieldPath path, string name)
    {
        IsNamed(errors, path, name);
        if (!name.Contains('/') && !IsOfQuotas(name))
        {
            errors.Invalid(path, name, "must be a standard resource for quota");
        }
    }

    /// <summary>Whether every cluster knows it as what a ResourceQuota bounds.</summary>
    public static bool IsOfQuotas(string name) =>
        (Standard.Contains(name) && name != "storage") || IsQuotaHugePages(name);

    /// <summary>How often a size of a container is to be changed with or without a restart.</summary>
    public static void CheckResize(
        FieldErrors errors, FieldPath path, ValueList<ContainerResizePolicy> policies, string? podPolicy)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < policies.Count; i++)
        {
            var (name, policy) = (policies[i].ResourceName, policies[i].RestartPolicy);
            if (!names.Add(name))
            {
                errors.Duplicate(path.Index(i), name);
            }

            CheckOneOf(errors, path, name, "cpu", "memory");
            CheckOneOf(errors, path, policy, "NotRequired", "RestartContainer");
            if (podPolicy == "Never" && policy != "NotRequired")
            {
                errors.Invalid(path, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
            }
        }
    }

    public static void CheckQuantity(FieldErrors errors, FieldPath path, string name, Quantity quantity)
    {
        if (quantity.Sign < 0)
        {
            errors.Invalid(path, quantity.ToString(), MetadataRules.Negative);
        }

        // Devices and counts come whole.
        if ((Counts.Contains(name) || IsExtended(name)) && quantity.MilliValue % 1000 != 0)
        {
            errors.Invalid(path, quantity.ToString(), "must be an integer");
        }
    }

    private delegate void NameRule(FieldErrors errors, FieldPath path, string name);

    private static void Check(
        FieldErrors errors, FieldPath path, ResourceRequirements resources, NameRule checkName)
    {
        foreach (var (name, quantity) in resources.Limits)
        {
            CheckOne(errors, path.Child("limits").Key(name), name, quantity, checkName);
        }

        foreach (var (name, quantity) in resources.Requests)
        {
            CheckOne(errors, path.Child("requests").Key(name), name, quantity, checkName);
            CheckAgainstLimit(errors, path, resources, name, quantity);
        }

        var names = resources.Limits.Keys.Concat(resources.Requests.Keys).ToList();
        if (names.Any(IsHugePages) && !names.Any(name => name is "cpu" or "memory"))
        {
            errors.Forbidden(path, "HugePages require cpu or memory");
        }
    }

    private static void CheckOne(
        FieldErrors errors, FieldPath path, string name, Quantity quantity, NameRule checkName)
    {
        checkName(errors, path, name);
        CheckQuantity(errors, path, name, quantity);
        if (IsHugePages(name) && !IsWholePages(name, quantity))
        {
            errors.Invalid(path, quantity.ToString(), $"{quantity} is not positive integer multiple of {name}");
        }
    }

    public static bool IsHugePages(string name) => name.StartsWith(HugePages);

    private static bool IsQuotaHugePages(string name) => IsHugePages(name) || name.StartsWith("requests." + HugePages);

    /// <summary>Whether a pod as a whole may ask for it.</summary>
    public static bool IsOfPods(string name) => name is "cpu" or "memory" || IsHugePages(name);

    public static bool IsNative(string name) => !name.Contains('/') || name.Contains("kubernetes.io/");

    /// <summary>Whether more of it may be promised than there is.</summary>
    public static bool Overcommits(string name) => IsNative(name) && !IsHugePages(name);

    /// <summary>A device of a name with a domain of its own.</summary>
    private static bool IsExtended(string name) => !IsNative(name) && !name.StartsWith("requests.")
        && NameRules.QualifiedName("requests." + name).Count == 0;

    private static bool IsWholePages(string name, Quantity quantity) =>
        Quantity.TryParse(name.AsSpan(HugePages.Length), out var page, out _)
        && page.Sign > 0 && page.MilliValue % 1000 == 0 && page.Value > 0 && quantity.Value % page.Value == 0;

    private static bool IsNamed(FieldErrors errors, FieldPath path, string name)
    {
        var complaints = NameRules.QualifiedName(name);
        errors.Invalid(path, name, complaints);
        if (complaints.Count == 0 && !name.Contains('/') && !Standard.Contains(name) && !IsQuotaHugePages(name))
        {
            errors.Invalid(path, name, "must be a standard resource type or fully qualified");
            return false;
        }

        return complaints.Count == 0;
    }

    public static void CheckContainerName(FieldErrors errors, FieldPath path, string name)
    {
        IsNamed(errors, path, name);
        if (!name.Contains('/'))
        {
            if (!OfContainers.Contains(name) && !IsHugePages(name))
            {
                errors.Invalid(path, name, "must be a standard resource for containers");
            }
        }
        else if (!IsNative(name) && !IsExtended(name))
        {
            errors.Invalid(path, name, "doesn't follow extended resource name standard");
        }
    }

    private static void CheckPodName(FieldErrors errors, FieldPath path, string name)
    {
        if (IsNamed(errors, path, name) && !IsOfPods(name))
        {
            errors.NotSupported(path, name, "cpu", HugePages, "memory");
        }
    }

    private static void CheckOneOf(FieldErrors errors, FieldPath path, string value, string one, string other)
    {
        if (value.Length == 0)
        {
            errors.Required(path);
        }
        else if (value != one && value != other)
        {
            errors.NotSupported(path, value, one, other);
        }
    }

    private static void CheckAgainstLimit(
        FieldErrors errors, FieldPath path, ResourceRequirements resources, string name, Quantity request)
    {
        var overcommits = Overcommits(name);
        if (!resources.Limits.TryGetValue(name, out var limit))
        {
            if (!overcommits)
            {
                errors.Required(path.Child("limits"), "Limit must be set for non overcommitable resources");
            }

            return;
        }

        if (!overcommits && request.CompareTo(limit) != 0)
        {
            errors.Invalid(path.Child("requests"), request.ToString(), $"must be equal to {name} limit of {limit}");
        }
        else if (request > limit)
        {
            errors.Invalid(path.Child("requests"), request.ToString(),
                $"must be less than or equal to {name} limit of {limit}");
        }
    }

    private static void CheckClaims(
        FieldErrors errors, FieldPath path, ValueList<ResourceClaim> claims, IReadOnlyCollection<string> known)
    {
        var taken = new HashSet<string>();
        for (var i = 0; i < claims.Count; i++)
        {
            var (name, request) = (claims[i].Name, claims[i].Request ?? "");
            if (name.Length == 0)
            {
                errors.Required(path.Index(i));
                continue;
            }

            var key = request.Length > 0 ? $"{name}/{request}" : name;
            if (request.Length > 0)
            {
                errors.Invalid(path.Index(i).Child("request"), request, NameRules.Label(request));
            }

            // A claim as a whole has each of its requests.
            var overlaps = taken.Contains(name)
                || (request.Length == 0 && taken.Any(each => each.StartsWith($"{name}/", StringComparison.Ordinal)));
            if (overlaps || !taken.Add(key))
            {
                errors.Duplicate(path.Index(i), overlaps ? name : key);
            }

            if (!known.Contains(name))
            {
                var which = known.Count == 0 ? " which is empty" : ": " + string.Join(", ", known.Order());
                errors.Add(new FieldError(FieldErrorType.NotFound, path.Index(i).ToString(), FieldError.Quote(name),
                    "must be one of the names in pod.spec.resourceClaims" + which));
            }
        }
    }
}
