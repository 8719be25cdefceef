using ActorOrchestrator.Api.Networking;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Ingresses and IngressClasses.</summary>
internal static class IngressRules
{
    private const int ControllerLengthMax = 250;
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    private static readonly string[] NotWithin = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] NotAtEnd = ["/..", "/."];

    public static void CheckNew(FieldErrors errors, Ingress ingress)
    {
        if (ingress.Spec.IngressClassName is { } name
            && ingress.Metadata.Annotations.TryGetValue(ClassAnnotation, out var annotated) && annotated != name)
        {
            errors.Invalid(FieldPath.Root("annotations").Child(ClassAnnotation), annotated,
                "must match `ingressClassName` when both are specified");
        }
    }

    public static void Check(FieldErrors errors, Ingress ingress)
    {
        var path = FieldPath.Root("spec");
        var spec = ingress.Spec;
        if (spec.Rules.Count == 0 && spec.DefaultBackend is null)
        {
            errors.InvalidJson(path, Shown.List(spec.Rules),
                "either `defaultBackend` or `rules` must be specified");
        }

        if (spec.DefaultBackend is { } backend)
        {
            CheckBackend(errors, path.Child("defaultBackend"), backend);
        }

        for (var i = 0; i < spec.Rules.Count; i++)
        {
            CheckRule(errors, path.Child("rules").Index(i), spec.Rules[i]);
        }

        for (var i = 0; i < spec.Tls.Count; i++)
        {
            for (var j = 0; j < spec.Tls[i].Hosts.Count; j++)
            {
                CheckHost(errors, path.Child("tls").Index(i).Child("hosts").Index(j), spec.Tls[i].Hosts[j]);
            }

            ClaimRules.CheckClass(errors, path.Child("tls").Index(i).Child("secretName"), spec.Tls[i].SecretName);
        }

        if (spec.IngressClassName is { } name)
        {
            errors.Invalid(path.Child("ingressClassName"), name, NameRules.Subdomain(name));
        }
    }

    public static void Check(FieldErrors errors, IngressClass ingressClass)
    {
        var path = FieldPath.Root("spec");
        var controller = ingressClass.Spec.Controller ?? "";
        if (controller.Length > ControllerLengthMax)
        {
            errors.TooLong(path.Child("controller"), ControllerLengthMax);
        }

        MetadataRules.CheckPrefixedPath(errors, path.Child("controller"), controller);
        if (ingressClass.Spec.Parameters is not { } parameters)
        {
            return;
        }

        var at = path.Child("parameters");
        CheckReference(errors, at, parameters.ApiGroup, parameters.Kind, parameters.Name);
        CheckScope(errors, at, parameters.Scope, parameters.Namespace);
    }

    public static void CheckUpdate(FieldErrors errors, IngressClass old, IngressClass @new)
    {
        if (old.Spec.Controller != @new.Spec.Controller)
        {
            errors.Invalid(FieldPath.Root("spec").Child("controller"), @new.Spec.Controller ?? "",
                MetadataRules.Immutable);
        }
    }

    private static void CheckScope(FieldErrors errors, FieldPath path, string? scope, string? @namespace)
    {
        switch (scope)
        {
            case null:
                errors.Required(path.Child("scope"));
                break;
            case "Namespace" when @namespace is null:
                errors.Required(path.Child("namespace"), "`parameters.scope` is set to 'Namespace'");
                break;
            case "Namespace":
                errors.Invalid(path.Child("namespace"), @namespace, NameRules.Label(@namespace));
                break;
            case "Cluster" when @namespace is not null:
                errors.Forbidden(path.Child("namespace"), "`parameters.scope` is set to 'Cluster'");
                break;
            case "Cluster":
                break;
            default:
                errors.NotSupported(path.Child("scope"), scope, "Cluster", "Namespace");
                break;
        }
    }

    /// <summary>An object of a kind that the API need not know.</summary>
    private static void CheckReference(FieldErrors errors, FieldPath path, string? group, string kind, string name)
    {
        if (group is not null)
        {
            errors.Invalid(path.Child("apiGroup"), group, NameRules.Subdomain(group));
        }

        errors.Need(path.Child("kind"), kind);
        errors.Invalid(path.Child("kind"), kind, NameRules.PathSegment(kind));
        errors.Need(path.Child("name"), name);
        errors.Invalid(path.Child("name"), name, NameRules.PathSegment(name));
    }

    private static void CheckRule(FieldErrors errors, FieldPath path, IngressRule rule)
    {
        if (!string.IsNullOrEmpty(rule.Host))
        {
            if (AddressRules.TryParse(rule.Host, out _))
            {
                errors.Invalid(path.Child("host"), rule.Host, "must be a DNS name, not an IP address");
            }

            CheckHost(errors, path.Child("host"), rule.Host);
        }

        if (rule.Http is not { } http)
        {
            return;
        }

        var paths = path.Child("http", "paths");
        if (http.Paths.Count == 0)
        {
            errors.Required(paths);
        }

        for (var i = 0; i < http.Paths.Count; i++)
        {
            CheckPath(errors, paths.Index(i), http.Paths[i]);
            if (http.Paths[i].PathType is not null)
            {
                CheckBackend(errors, paths.Index(i).Child("backend"), http.Paths[i].Backend);
            }
        }
    }

    private static void CheckHost(FieldErrors errors, FieldPath path, string host) => errors.Invalid(
        path, host, host.Contains('*') ? NameRules.WildcardSubdomain(host) : NameRules.Subdomain(host));

    private static void CheckPath(FieldErrors errors, FieldPath at, HTTPIngressPath rule)
    {
        var path = at.Child("path");
        var value = rule.Path ?? "";
        switch (rule.PathType)
        {
            case null:
                errors.Required(at.Child("pathType"), "pathType must be specified");
                break;
            case "Exact" or "Prefix":
                if (!value.StartsWith('/'))
                {
                    errors.Invalid(path, value, "must be an absolute path");
                }

                foreach (var part in NotWithin.Where(value.Contains))
                {
                    errors.Invalid(path, value, $"must not contain '{part}'");
                }

                foreach (var end in NotAtEnd.Where(value.EndsWith))
                {
                    errors.Invalid(path, value, $"cannot end with '{end}'");
                }

                break;
            case "ImplementationSpecific":
                if (value.Length > 0 && value[0] != '/')
                {
                    errors.Invalid(path, value, "must be an absolute path");
                }

                break;
            default:
                errors.NotSupported(at.Child("pathType"), rule.PathType,
                    "Exact", "ImplementationSpecific", "Prefix");
                break;
        }
    }

    private static void CheckBackend(FieldErrors errors, FieldPath path, IngressBackend backend)
    {
        switch (backend)
        {
            case { Service: not null, Resource: not null }:
                errors.Invalid(path, "", "cannot set both resource and service backends");
                break;
            case { Resource: { } resource }:
                CheckReference(
                    errors, path.Child("resource"), resource.ApiGroup, resource.Kind, resource.Name);
                break;
            case { Service: { } service }:
                CheckService(errors, path, service);
                break;
            default:
                errors.Invalid(path, "", "resource or service backend is required");
                break;
        }
    }

    private static void CheckService(FieldErrors errors, FieldPath path, IngressServiceBackend service)
    {
        if (service.Name.Length == 0)
        {
            errors.Required(path.Child("service", "name"));
        }
        else
        {
            errors.Invalid(path.Child("service", "name"), service.Name, NameRules.Rfc1035Label(service.Name));
        }

        var port = path.Child("service", "port");
        var named = !string.IsNullOrEmpty(service.Port.Name);
        if (named && service.Port.Number != 0)
        {
            errors.Invalid(path, "", "cannot set both port name & port number");
        }
        else if (named)
        {
            errors.Invalid(port.Child("name"), service.Port.Name!, NameRules.PortName(service.Port.Name!));
        }
        else if (service.Port.Number != 0)
        {
            errors.Invalid(port.Child("number"), service.Port.Number, NameRules.PortNumber(service.Port.Number));
        }
        else
        {
            errors.Required(path, "port name or number is required");
        }
    }
}
