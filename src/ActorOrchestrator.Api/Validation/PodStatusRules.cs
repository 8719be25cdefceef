using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's status: what has ended stays so, and addresses are addresses.</summary>
internal static class PodStatusRules
{
    private const string OfEachFamily = "may specify no more than one IP for each IP family";

    private static readonly FieldPath Status = FieldPath.Root("status");

    public static void Check(FieldErrors errors, Pod old, Pod @new)
    {
        CheckConditions(errors, FieldPath.Root("metadata").Child("conditions"), @new.Status.Conditions);
        var (before, after) = (old.Status, @new.Status);
        if (!string.IsNullOrEmpty(after.NominatedNodeName) && after.NominatedNodeName != before.NominatedNodeName)
        {
            errors.Invalid(Status.Child("nominatedNodeName"), after.NominatedNodeName,
                NameRules.Subdomain(after.NominatedNodeName));
        }

        // A status without a class leaves it as it is.
        if (!string.IsNullOrEmpty(after.QosClass) && after.QosClass != before.QosClass)
        {
            errors.Invalid(Status.Child("qosClass"), after.QosClass, MetadataRules.Immutable);
        }

        CheckStates(errors, old);
        CheckAddresses(errors, after);
        CheckUsers(errors, Status.Child("containerStatuses"), after.ContainerStatuses);
        CheckUsers(errors, Status.Child("initContainerStatuses"), after.InitContainerStatuses);
        CheckUsers(errors, Status.Child("ephemeralContainerStatuses"), after.EphemeralContainerStatuses);
        CheckClaims(errors, Status.Child("resourceClaimStatuses"), after.ResourceClaimStatuses, @new.Spec);

        void CheckStates(FieldErrors found, Pod pod)
        {
            var policy = pod.Spec.RestartPolicy ?? "";
            var staying = pod.Spec.InitContainers.Where(each => each.RestartPolicy == "Always")
                .Select(each => each.Name).ToHashSet();
            CheckEnded(found, Status.Child("containerStatuses"), before.ContainerStatuses, after.ContainerStatuses,
                policy, []);
            CheckEnded(found, Status.Child("initContainerStatuses"), before.InitContainerStatuses,
                after.InitContainerStatuses, policy, staying);
            CheckEnded(found, Status.Child("ephemeralContainerStatuses"), before.EphemeralContainerStatuses,
                after.EphemeralContainerStatuses, "Never", []);
        }
    }

    private static void CheckConditions(FieldErrors errors, FieldPath path, ValueList<PodCondition> conditions)
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            errors.Invalid(
                path.Index(i).Child("Type"), conditions[i].Type, NameRules.QualifiedName(conditions[i].Type));
        }
    }

    private static void CheckEnded(
        FieldErrors errors, FieldPath path, ValueList<ContainerStatus> old, ValueList<ContainerStatus> @new,
        string policy, HashSet<string> staying)
    {
        for (var i = 0; policy != "Always" && i < old.Count; i++)
        {
            var mayRun = old[i].State.Terminated is not { } ended || staying.Contains(old[i].Name)
                || (ended.ExitCode != 0 && policy == "OnFailure");
            if (!mayRun && @new.Any(each => each.Name == old[i].Name && each.State.Terminated is null))
            {
                errors.Forbidden(path.Index(i).Child("state"), "may not be transitioned to non-terminated state");
            }
        }
    }

    private static void CheckAddresses(FieldErrors errors, PodStatus status)
    {
        var pod = status.PodIPs.Select(each => each.Ip).ToValueList();
        CheckEach(errors, Status.Child("podIPs"), pod);
        var host = status.HostIPs.Select(each => each.Ip).ToValueList();
        if (host.Count > 0 && host[0] != (status.HostIP ?? ""))
        {
            errors.Invalid(Status.Child("hostIPs").Index(0).Child("ip"), host[0], "must be equal to `hostIP`");
        }

        CheckEach(errors, Status.Child("hostIPs"), host);
    }

    private static void CheckEach(FieldErrors errors, FieldPath path, ValueList<string> addresses)
    {
        var before = errors.Count;
        for (var i = 0; i < addresses.Count; i++)
        {
            AddressRules.CheckIP(errors, path.Index(i), addresses[i]);
        }

        var six = addresses.Count(AddressRules.IsSix);
        if (errors.Count == before && addresses.Count > 1 && (addresses.Count > 2 || six != 1))
        {
            errors.InvalidJson(path, Shown.Strings(addresses), OfEachFamily);
        }

        var seen = new HashSet<string>();
        for (var i = 0; i < addresses.Count; i++)
        {
            if (!seen.Add(addresses[i]))
            {
                errors.Duplicate(path.Index(i), addresses[i]);
            }
        }
    }

    private static void CheckUsers(FieldErrors errors, FieldPath path, ValueList<ContainerStatus> statuses)
    {
        for (var i = 0; i < statuses.Count; i++)
        {
            if (statuses[i].User?.Linux is not { } user)
            {
                continue;
            }

            var at = path.Index(i).Child("linux");
            errors.Invalid(at.Child("uid"), user.Uid, NameRules.UserOrGroupId(user.Uid));
            errors.Invalid(at.Child("gid"), user.Gid, NameRules.UserOrGroupId(user.Gid));
            for (var j = 0; j < user.SupplementalGroups.Count; j++)
            {
                errors.Invalid(at.Child("supplementalGroups").Index(j), user.SupplementalGroups[j],
                    NameRules.UserOrGroupId(user.SupplementalGroups[j]));
            }
        }
    }

    private static void CheckClaims(
        FieldErrors errors, FieldPath path, ValueList<PodResourceClaimStatus> statuses, PodSpec spec)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < statuses.Count; i++)
        {
            var at = path.Index(i).Child("name");
            if (spec.ResourceClaims.All(claim => claim.Name != statuses[i].Name))
            {
                errors.Invalid(at, statuses[i].Name, "must match the name of an entry in `spec.resourceClaims`");
            }

            if (!names.Add(statuses[i].Name))
            {
                errors.Duplicate(at, statuses[i].Name);
            }

            if (statuses[i].ResourceClaimName is { } claimName)
            {
                errors.Invalid(at, claimName, NameRules.Subdomain(claimName));
            }
        }
    }
}
