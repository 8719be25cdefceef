namespace ActorOrchestrator.Api.Core;

public sealed record EnvVar
{
    [Required] public string Name { get; init; } = "";
    public string? Value { get; init; }
    public EnvVarSource? ValueFrom { get; init; }
}

public sealed record EnvVarSource
{
    public ObjectFieldSelector? FieldRef { get; init; }
    public ResourceFieldSelector? ResourceFieldRef { get; init; }
    public ConfigMapKeySelector? ConfigMapKeyRef { get; init; }
    public SecretKeySelector? SecretKeyRef { get; init; }
    public FileKeySelector? FileKeyRef { get; init; }
}

public sealed record EnvFromSource
{
    public string? Prefix { get; init; }
    public ConfigMapEnvSource? ConfigMapRef { get; init; }
    public SecretEnvSource? SecretRef { get; init; }
}

public sealed record ConfigMapEnvSource
{
    public string? Name { get; init; }
    public bool? Optional { get; init; }
}

public sealed record SecretEnvSource
{
    public string? Name { get; init; }
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record ConfigMapKeySelector
{
    public string? Name { get; init; }
    [Required] public string Key { get; init; } = "";
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record SecretKeySelector
{
    public string? Name { get; init; }
    [Required] public string Key { get; init; } = "";
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record FileKeySelector
{
    [Required] public string VolumeName { get; init; } = "";
    [Required] public string Path { get; init; } = "";
    [Required] public string Key { get; init; } = "";
    public bool? Optional { get; init; }
}

[Atomic]
public sealed record ObjectFieldSelector
{
    public string? ApiVersion { get; init; }
    [Required] public string FieldPath { get; init; } = "";
}

[Atomic]
public sealed record ResourceFieldSelector
{
    public string? ContainerName { get; init; }
    [Required] public string Resource { get; init; } = "";
    public Quantity? Divisor { get; init; }
}
