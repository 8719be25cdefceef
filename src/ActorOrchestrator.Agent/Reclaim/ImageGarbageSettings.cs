namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>When unused images are removed: kubelet's imageGC settings. By default never.</summary>
public sealed record ImageGarbageSettings
{
    /// <summary>Once the images' disk is fuller than this, in percent; 100: never for that reason.</summary>
    public int HighThresholdPercent { get; init; } = 100;

    /// <summary>Until it is no fuller than this.</summary>
    public int LowThresholdPercent { get; init; } = 80;

    /// <summary>None goes that was first seen less than this ago.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>One that nobody has used for longer goes however full the disk is; zero: never.</summary>
    public TimeSpan MaximumAge { get; init; }
}
