using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Namespaces;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>
/// Kubernetes' plugin ServiceAccount: a pod has an account, <c>default</c> if it names none, and gets its pull secrets
/// if it has none of its own. The account must exist; only <c>default</c> is not waited for, as every namespace is sure
/// to have it soon (<see cref="NamespaceDefaults"/>). Tokens are not issued, so none is mounted. Mirrors of static pods
/// have no account.
/// </summary>
internal sealed class ServiceAccountAdmission : IAdmissionStep
{
    private const string EnforceAnnotation = "kubernetes.io/enforce-mountable-secrets";

    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod)
        {
            return new Admission(proposed);
        }

        if (StaticPods.IsMirror(pod))
        {
            return new Admission(pod, MirrorRefusal(pod.Spec));
        }

        var name = string.IsNullOrEmpty(pod.Spec.ServiceAccountName)
            ? NamespaceDefaults.ServiceAccountName
            : pod.Spec.ServiceAccountName;
        var account = context.Namespace.Accounts.GetValueOrDefault(name);
        if (account is null && name != NamespaceDefaults.ServiceAccountName)
        {
            return new Admission(pod, $"error looking up service account {context.Self.Namespace}/{name}: "
                + Statuses.NotFound("serviceaccount", name).Message);
        }

        if (account?.Metadata.Annotations.GetValueOrDefault(EnforceAnnotation) is "true" or "True" or "TRUE" or "1"
            && Unreferenced(pod.Spec, account!) is { } complaint)
        {
            return new Admission(pod, complaint);
        }

        return new Admission(pod with
        {
            Spec = pod.Spec with
            {
                ServiceAccountName = name,
                ServiceAccount = name,
                ImagePullSecrets = pod.Spec.ImagePullSecrets.Count > 0 || account is null
                    ? pod.Spec.ImagePullSecrets
                    : account.ImagePullSecrets,
            },
        });
    }

    /// <summary>A mirror shows what runs already, and so gets nothing.</summary>
    private static string? MirrorRefusal(PodSpec spec) =>
        StaticPods.References(spec).Select(resource => resource switch
        {
            StaticPods.ServiceAccounts => "a mirror pod may not reference service accounts",
            StaticPods.Secrets => "a mirror pod may not reference secrets",
            StaticPods.ServiceAccountTokens => "a mirror pod may not use ServiceAccountToken volume projections",
            _ => null,
        }).FirstOrDefault(refusal => refusal is not null);

    /// <summary>A secret that the pod uses and the account does not list.</summary>
    private static string? Unreferenced(PodSpec spec, ServiceAccount account)
    {
        var (secrets, name) = (account.Secrets, account.Metadata.Name);
        foreach (var secret in spec.Volumes.Select(volume => volume.Secret?.SecretName).OfType<string>())
        {
            if (secrets.All(listed => listed.Name != secret))
            {
                return $"volume with secret.secretName=\"{secret}\" is not allowed because service account {name} "
                    + "does not reference that secret";
            }
        }

        foreach (var (title, container) in spec.InitContainers.Select(each => ("init container", each))
            .Concat(spec.Containers.Select(each => ("container", each))))
        {
            var used = container.Env.FirstOrDefault(variable =>
                variable.ValueFrom?.SecretKeyRef is { } from && secrets.All(listed => listed.Name != from.Name));
            if (used is not null)
            {
                return $"{title} {container.Name} with envVar {used.Name} referencing "
                    + $"secret.secretName=\"{used.ValueFrom!.SecretKeyRef!.Name}\" is not allowed because service "
                    + $"account {name} does not reference that secret";
            }
        }

        for (var i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            var secret = spec.ImagePullSecrets[i].Name;
            if (account.ImagePullSecrets.All(listed => listed.Name != secret))
            {
                return $"imagePullSecrets[{i}].name=\"{secret}\" is not allowed because service account {name} does "
                    + "not reference that imagePullSecret";
            }
        }

        return null;
    }
}
