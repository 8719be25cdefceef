using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Reclaim;

public sealed class ImageGarbageTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Of a disk of 100 bytes: what is free, the thresholds, and what is to be freed.</summary>
    [Theory]
    [InlineData(16, 85, 80, 0)]
    [InlineData(15, 85, 80, 5)]
    [InlineData(14, 85, 80, 6)]
    [InlineData(0, 85, 80, 20)]
    [InlineData(0, 100, 80, 0)]
    [InlineData(50, 1, 0, 50)]
    public void What_is_to_be_freed_brings_the_disk_down_to_the_low_threshold(int free, int high, int low, int excess)
    {
        var settings = new ImageGarbageSettings { HighThresholdPercent = high, LowThresholdPercent = low };
        Assert.Equal(excess, ImageGarbage.Excess(new Supply(free, 100), settings));
        // As many bytes as no product of them fits into.
        const long Large = long.MaxValue / 100 * 99 / 100;
        Assert.Equal(excess * Large, ImageGarbage.Excess(new Supply(free * Large, 100 * Large), settings));
    }

    [Fact]
    public void A_disk_without_bounds_is_never_full() =>
        Assert.Equal(0, ImageGarbage.Excess(new Supply(0, 0), new ImageGarbageSettings()));

    [Fact]
    public void The_one_that_was_unused_for_longest_goes_first_and_none_that_is_new_or_in_use()
    {
        var settings = new ImageGarbageSettings { HighThresholdPercent = 85 };
        var ledger = ImageLedger.Empty
            .Seen([Image("used", "c"), Image("old", "d")], ImageUses.None, Start)
            .Seen([Image("used", "c"), Image("old", "d"), Image("mine", "a"), Image("young", "b")],
                ImageUses.None.And(["used"]), Start.AddMinutes(10));
        var at = Start.AddMinutes(11);
        Assert.Equal("old", Next());
        ledger = ledger.Without("old");
        Assert.Equal("used", Next());
        ledger = ledger.Without("used");
        Assert.Null(Next());
        at = Start.AddMinutes(12);
        Assert.Equal("young", Next());

        string? Next() =>
            ImageGarbage.Next(ledger, ImageUses.None.And(["a"]), bytes: 1, settings, at)?.Image.Id;
    }

    [Fact]
    public void Without_need_only_those_go_that_nobody_has_used_for_the_maximum_age()
    {
        var settings = new ImageGarbageSettings { MaximumAge = TimeSpan.FromHours(1) };
        var images = new[] { Image("used", "c"), Image("idle", "d") };
        var ledger = ImageLedger.Empty.Seen(images, ImageUses.None, Start)
            .Seen(images, ImageUses.None.And(["c"]), Start.AddMinutes(30));
        Assert.False(ImageGarbage.HasExpired(ledger, settings, Start.AddMinutes(60)));
        var late = Start.AddMinutes(61);
        Assert.True(ImageGarbage.HasExpired(ledger, settings, late));
        Assert.Equal("idle", ImageGarbage.Next(ledger, ImageUses.None, 0, settings, late)?.Image.Id);
        Assert.Null(ImageGarbage.Next(ledger.Without("idle"), ImageUses.None, 0, settings, late));
        Assert.False(ImageGarbage.HasExpired(ledger, new ImageGarbageSettings(), Start.AddYears(1)));
    }

    [Theory]
    [InlineData("app:1", "docker.io/library/app:1", "", true)]
    [InlineData("app", "docker.io/library/app:latest", "", true)]
    [InlineData("app:2", "docker.io/library/app:1", "", false)]
    [InlineData("r.example/app:1", "r.example/app:1", "", true)]
    [InlineData(
        "r.example/app:1@sha256:0123456789012345678901234567890123456789", "r.example/app:2",
        "r.example/app@sha256:0123456789012345678901234567890123456789", true)]
    [InlineData("No Name", "docker.io/library/app:1", "", false)]
    public void A_pod_keeps_the_image_that_it_names(string written, string tag, string digest, bool isUsed)
    {
        var image = new ImageInfo("sha256:1", [tag], [digest], 1, null, null);
        Assert.Equal(isUsed, ImageUses.Of([PodSpecs.Of(PodSpecs.App("app", written))]).Has(image));
        var volume = new Volume { Name = "v", Image = new ImageVolumeSource { Reference = written } };
        Assert.Equal(isUsed, ImageUses.Of([PodSpecs.Of(PodSpecs.App("app", "other:1")).With(
            spec => spec with { Volumes = [volume] })]).Has(image));
    }

    private static ImageInfo Image(string id, string tag) => new(id, [tag], [], 10, null, null);
}
