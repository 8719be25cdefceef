using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of how a pod resolves names.</summary>
internal static class DnsRules
{
    private const int NameserversMax = 3;
    private const int SearchPathsMax = 32;
    private const int SearchCharactersMax = 2048;

    public static void CheckPolicy(FieldErrors errors, FieldPath path, string? policy)
    {
        if (string.IsNullOrEmpty(policy))
        {
            errors.Required(path);
        }
        else if (policy is not ("ClusterFirstWithHostNet" or "ClusterFirst" or "Default" or "None"))
        {
            errors.NotSupported(path, policy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        }
    }

    public static void CheckConfig(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        var config = pod.DnsConfig;
        if (pod.DnsPolicy == "None" && config is null)
        {
            errors.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }

        if (config is null)
        {
            return;
        }

        if (pod.DnsPolicy == "None" && config.Nameservers.Count == 0)
        {
            errors.Required(path.Child("nameservers"),
                "must provide at least one DNS nameserver when `dnsPolicy` is None");
            return;
        }

        if (config.Nameservers.Count > NameserversMax)
        {
            errors.InvalidJson(path.Child("nameservers"), Shown.Strings(config.Nameservers),
                $"must not have more than {NameserversMax} nameservers");
        }

        for (var i = 0; i < config.Nameservers.Count; i++)
        {
            AddressRules.CheckIP(errors, path.Child("nameservers").Index(i), config.Nameservers[i]);
        }

        CheckSearches(errors, path.Child("searches"), config.Searches);
        for (var i = 0; i < config.Options.Count; i++)
        {
            if (string.IsNullOrEmpty(config.Options[i].Name))
            {
                errors.Required(path.Child("options").Index(i), "must not be empty");
            }
        }
    }

    private static void CheckSearches(FieldErrors errors, FieldPath path, ValueList<string> searches)
    {
        if (searches.Count > SearchPathsMax)
        {
            errors.InvalidJson(path, Shown.Strings(searches),
                $"must not have more than {SearchPathsMax} search paths");
        }

        if (string.Join(' ', searches).Length > SearchCharactersMax)
        {
            errors.InvalidJson(path, Shown.Strings(searches), "must not have more than "
                + $"{SearchCharactersMax} characters (including spaces) in the search list");
        }

        for (var i = 0; i < searches.Count; i++)
        {
            var search = searches[i];
            if (search != ".")
            {
                var domain = search.EndsWith('.') ? search[..^1] : search;
                errors.Invalid(path.Index(i), domain, NameRules.SubdomainWithUnderscores(domain));
            }
        }
    }
}
