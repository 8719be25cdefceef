namespace ActorOrchestrator.Api.Core;

[Doc("An environment variable.")]
public sealed record EnvVar
{
    [Doc("Name of the variable."), Required]
    public string Name { get; init; } = "";

    [Doc("Value, in which $(OTHER) stands for another variable.")]
    public string? Value { get; init; }

    [Doc("Where the value comes from.")]
    public EnvVarSource? ValueFrom { get; init; }
}

public sealed record EnvVarSource
{
    [Doc("Field of the pod to take the value from.")]
    public ObjectFieldSelector? FieldRef { get; init; }

    [Doc("Resource of a container to take the value from.")]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    [Doc("Entry of a ConfigMap.")]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; init; }

    [Doc("Entry of a Secret.")]
    public SecretKeySelector? SecretKeyRef { get; init; }

    [Doc("Entry of a file in a volume.")]
    public FileKeySelector? FileKeyRef { get; init; }
}

public sealed record EnvFromSource
{
    [Doc("Text before each name.")]
    public string? Prefix { get; init; }

    [Doc("ConfigMap whose entries are taken.")]
    public ConfigMapEnvSource? ConfigMapRef { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public SecretEnvSource? SecretRef { get; init; }
}

public sealed record ConfigMapEnvSource
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

public sealed record SecretEnvSource
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record ConfigMapKeySelector
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Key of the entry."), Required]
    public string Key { get; init; } = "";

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record SecretKeySelector
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Key of the entry."), Required]
    public string Key { get; init; } = "";

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record FileKeySelector
{
    [Doc("Name of the volume."), Required]
    public string VolumeName { get; init; } = "";

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record ObjectFieldSelector
{
    [Doc("Group and version of the object that is meant.")]
    public string? ApiVersion { get; init; }

    [Doc("Path of the field, such as status.podIP."), Required]
    public string FieldPath { get; init; } = "";
}

[Atomic]
public sealed record ResourceFieldSelector
{
    [Doc("Name of the container.")]
    public string? ContainerName { get; init; }

    [Doc("Name of the resource."), Required]
    public string Resource { get; init; } = "";

    [Doc("Unit of the value.")]
    public Quantity? Divisor { get; init; }
}
