using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// The ConfigMaps and Secrets that a pod may use, as they were read just before; null: there is none.
/// </summary>
public interface IPodConfiguration
{
    ConfigMap? ConfigMap(string name);

    Secret? Secret(string name);
}

/// <summary>What the environment of a container may refer to.</summary>
public sealed record EnvironmentScope(
    Pod Pod, IPodConfiguration Configuration, IReadOnlyList<Service> Services, ValueList<string> PodIps,
    ValueList<string> HostIps, NodeResources Node);

/// <summary>
/// A container's variables in their order: the services', then envFrom, then env; a later one of the same name wins.
/// A value may refer to variables defined before it with <c>$(NAME)</c>.
/// </summary>
public static class ContainerEnvironment
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Container container, EnvironmentScope scope)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ServiceEnvironment.Of(scope.Services))
        {
            variables[name] = value;
        }

        foreach (var source in container.EnvFrom)
        {
            AddAll(source, scope, variables);
        }

        foreach (var variable in container.Env)
        {
            if (ValueOf(container, variable, scope, variables) is { } value)
            {
                variables[variable.Name] = value;
            }
        }

        return [.. variables];
    }

    private static void AddAll(
        EnvFromSource source, EnvironmentScope scope, OrderedDictionary<string, string> variables)
    {
        foreach (var (key, value) in Entries(source, scope))
        {
            variables[$"{source.Prefix}{key}"] = value;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(EnvFromSource source, EnvironmentScope scope)
    {
        if (source.ConfigMapRef is { } map)
        {
            return scope.Configuration.ConfigMap(map.Name ?? "") is { } found
                ? found.Data
                : map.Optional == true ? [] : throw Missing("configmap", map.Name);
        }

        if (source.SecretRef is { } secret)
        {
            return scope.Configuration.Secret(secret.Name ?? "") is { } found
                ? SecretData.Texts(found)
                : secret.Optional == true ? [] : throw Missing("secret", secret.Name);
        }

        throw new ContainerConfigException("envFrom names neither a configMapRef nor a secretRef");
    }

    /// <returns>Null: an optional source that is not there, so the variable is not set.</returns>
    private static string? ValueOf(
        Container container, EnvVar variable, EnvironmentScope scope, OrderedDictionary<string, string> variables)
    {
        if (variable.ValueFrom is not { } source)
        {
            return Expansion.Expand(variable.Value ?? "", name => variables.GetValueOrDefault(name));
        }

        if (source.FieldRef is { } field)
        {
            return FieldPaths.Of(scope.Pod, field.FieldPath, scope.PodIps, scope.HostIps);
        }

        if (source.ResourceFieldRef is { } resource)
        {
            return FieldPaths.Resource(
                scope.Pod.Spec, Named(scope.Pod, resource.ContainerName) ?? container, resource, scope.Node);
        }

        if (source.ConfigMapKeyRef is { } map)
        {
            return FromConfigMap(map, scope);
        }

        if (source.SecretKeyRef is { } secret)
        {
            return FromSecret(secret, scope);
        }

        throw new ContainerConfigException($"the source of environment variable {variable.Name} is not supported");
    }

    private static string? FromConfigMap(ConfigMapKeySelector selector, EnvironmentScope scope)
    {
        var isOptional = selector.Optional == true;
        if (scope.Configuration.ConfigMap(selector.Name ?? "") is not { } map)
        {
            return isOptional ? null : throw Missing("configmap", selector.Name);
        }

        if (map.Data.TryGetValue(selector.Key, out var value))
        {
            return value;
        }

        return isOptional ? null : throw new ContainerConfigException(
            $"couldn't find key {selector.Key} in ConfigMap {scope.Pod.Metadata.Namespace}/{selector.Name}");
    }

    private static string? FromSecret(SecretKeySelector selector, EnvironmentScope scope)
    {
        var isOptional = selector.Optional == true;
        if (scope.Configuration.Secret(selector.Name ?? "") is not { } secret)
        {
            return isOptional ? null : throw Missing("secret", selector.Name);
        }

        if (SecretData.Text(secret, selector.Key) is { } value)
        {
            return value;
        }

        return isOptional ? null : throw new ContainerConfigException(
            $"couldn't find key {selector.Key} in Secret {scope.Pod.Metadata.Namespace}/{selector.Name}");
    }

    private static Container? Named(Pod pod, string? name) =>
        string.IsNullOrEmpty(name)
            ? null
            : pod.Spec.Containers.Concat(pod.Spec.InitContainers).FirstOrDefault(c => c.Name == name)
                ?? throw new ContainerConfigException($"container {name} not found");

    private static ContainerConfigException Missing(string kind, string? name) => new($"{kind} \"{name}\" not found");
}
