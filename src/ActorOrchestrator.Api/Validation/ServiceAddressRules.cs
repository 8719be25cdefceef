using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a Service's addresses: one of each family at most, and what is there first stays.</summary>
internal static class ServiceAddressRules
{
    private const string None = "None";
    private const string Fixed = "may not change once set";

    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Addresses = Spec.Child("clusterIPs");
    private static readonly FieldPath Families = Spec.Child("ipFamilies");

    public static bool IsHeadless(ServiceSpec spec) =>
        spec.ClusterIPs is [None] || (spec.ClusterIPs.Count == 0 && spec.ClusterIP == None);

    public static void Check(FieldErrors errors, ServiceSpec spec)
    {
        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            AddressRules.CheckOrdinary(errors, Spec.Child("externalIPs").Index(i), spec.ExternalIPs[i]);
        }

        if (spec.Type == "ExternalName")
        {
            return;
        }

        CheckFirst(errors, spec);
        CheckFamilies(errors, spec);
        if (AreAddresses(errors, spec.ClusterIPs))
        {
            CheckTogether(errors, spec);
        }
    }

    public static void CheckUpdate(FieldErrors errors, ServiceSpec old, ServiceSpec @new)
    {
        if (old.Type == "ExternalName" || @new.Type == "ExternalName")
        {
            return;
        }

        if (!IsHeadless(old) || !IsHeadless(@new))
        {
            CheckKept(errors, Addresses, "primary clusterIP", old.ClusterIPs, @new.ClusterIPs, @new.IpFamilyPolicy);
        }

        if (!IsHeadless(old) && !IsHeadless(@new))
        {
            CheckKept(errors, Families, "primary ipFamily", old.IpFamilies, @new.IpFamilies, @new.IpFamilyPolicy);
        }
    }

    /// <summary>A second address or family may come and go; the first one stays.</summary>
    private static void CheckKept(
        FieldErrors errors, FieldPath path, string first, ValueList<string> old, ValueList<string> @new, string? policy)
    {
        var shown = Shown.Strings(@new);
        if (old.Count > 0 && @new.Count == 0)
        {
            errors.InvalidJson(path.Index(0), shown, $"{first} can not be unset");
            return;
        }

        for (var i = 0; i < old.Count && i < @new.Count; i++)
        {
            if (old[i] != @new[i])
            {
                errors.InvalidJson(path.Index(i), shown, Fixed);
            }
        }

        if (old.Count > 1 && @new.Count == 1 && policy != "SingleStack")
        {
            errors.InvalidJson(Spec.Child("ipFamilyPolicy"), policy is null ? "null" : FieldError.Quote(policy),
                "must be set to 'SingleStack' when releasing the secondary "
                + (path == Addresses ? "clusterIP" : "ipFamily"));
        }
    }

    private static void CheckFirst(FieldErrors errors, ServiceSpec spec)
    {
        if (string.IsNullOrEmpty(spec.ClusterIP))
        {
            if (spec.ClusterIPs.Count > 0)
            {
                errors.InvalidJson(
                    Addresses, Shown.Strings(spec.ClusterIPs), "must be empty when `clusterIP` is not specified");
            }
        }
        else if (spec.ClusterIPs.Count == 0)
        {
            errors.Required(Addresses);
        }
        else if (spec.ClusterIPs[0] != spec.ClusterIP)
        {
            errors.InvalidJson(Addresses, Shown.Strings(spec.ClusterIPs), "first value must match `clusterIP`");
        }
    }

    private static void CheckFamilies(FieldErrors errors, ServiceSpec spec)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            var family = spec.IpFamilies[i];
            if (family is not ("IPv4" or "IPv6"))
            {
                errors.NotSupported(Families.Index(i), family, "IPv4", "IPv6");
            }

            if (!seen.Add(family))
            {
                errors.Duplicate(Families.Index(i), family);
            }
        }

        if (spec.IpFamilyPolicy is not (null or "SingleStack" or "PreferDualStack" or "RequireDualStack"))
        {
            errors.NotSupported(Spec.Child("ipFamilyPolicy"), spec.IpFamilyPolicy,
                "PreferDualStack", "RequireDualStack", "SingleStack");
        }
    }

    /// <summary>Whether all of them are what they should be, each by itself.</summary>
    private static bool AreAddresses(FieldErrors errors, ValueList<string> addresses)
    {
        var before = errors.Count;
        for (var i = 0; i < addresses.Count; i++)
        {
            if (i > 0 || addresses[i] != None)
            {
                AddressRules.CheckIP(errors, Addresses.Index(i), addresses[i]);
            }
            else if (addresses.Count > 1)
            {
                errors.InvalidJson(
                    Addresses, Shown.Strings(addresses), "'None' must be the first and only value");
            }
        }

        var good = errors.Count == before;
        if (addresses.Count > 2)
        {
            errors.InvalidJson(Addresses, Shown.Strings(addresses), "may only hold up to 2 values");
        }

        return good;
    }

    private static void CheckTogether(FieldErrors errors, ServiceSpec spec)
    {
        if (IsHeadless(spec))
        {
            return;
        }

        var six = spec.ClusterIPs.Select(AddressRules.IsSix).ToList();
        if (six.Count > 1 && (six.All(is6 => is6) || six.All(is6 => !is6)))
        {
            errors.InvalidJson(Addresses, Shown.Strings(spec.ClusterIPs),
                "may specify no more than one IP for each IP family");
        }

        for (var i = 0; i < six.Count && i < spec.IpFamilies.Count; i++)
        {
            if (spec.IpFamilies[i] is "IPv4" or "IPv6" && spec.IpFamilies[i] == "IPv6" != six[i])
            {
                errors.Invalid(Addresses.Index(i), spec.ClusterIPs[i],
                    $"expected an {spec.IpFamilies[i]} value as indicated by `ipFamilies[{i}]`");
            }
        }
    }
}
