using System.Text;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests;

/// <summary>Autoscalers of v2 as v1 shows them, and back: nothing is lost on the way.</summary>
public sealed class AutoscalerFaceTests
{
    private const string Area = "autoscaling.alpha.kubernetes.io/";

    private static readonly ApiFace Face =
        new(KindRegistry.Of<Autoscaling.V1.HorizontalPodAutoscaler>(), KindRegistry.Of<HorizontalPodAutoscaler>());

    /// <summary>A metric of v2, and how its annotation says it.</summary>
    [Theory]
    [InlineData("{'type':'Pods','pods':{'metric':{'name':'hits','selector':{'matchLabels':{'a':'b'}}},"
        + "'target':{'type':'AverageValue','averageValue':'5'}}}",
        "{'type':'Pods','pods':{'metricName':'hits','targetAverageValue':'5','selector':{'matchLabels':{'a':'b'}}}}")]
    [InlineData("{'type':'Resource','resource':{'name':'memory','target':{'type':'Utilization',"
        + "'averageUtilization':70}}}",
        "{'type':'Resource','resource':{'name':'memory','targetAverageUtilization':70}}")]
    [InlineData("{'type':'Resource','resource':{'name':'cpu','target':{'type':'AverageValue','averageValue':'200m'}}}",
        "{'type':'Resource','resource':{'name':'cpu','targetAverageValue':'200m'}}")]
    [InlineData("{'type':'ContainerResource','containerResource':{'name':'cpu','target':{'type':'Utilization',"
        + "'averageUtilization':70},'container':'c'}}", "{'type':'ContainerResource','containerResource':{'name':'cpu',"
        + "'targetAverageUtilization':70,'container':'c'}}")]
    [InlineData("{'type':'Object','object':{'describedObject':{'kind':'Service','name':'s','apiVersion':'v1'},"
        + "'target':{'type':'Value','value':'10'},'metric':{'name':'hits'}}}",
        "{'type':'Object','object':{'target':{'kind':'Service','name':'s','apiVersion':'v1'},'metricName':'hits',"
        + "'targetValue':'10'}}")]
    [InlineData("{'type':'Object','object':{'describedObject':{'kind':'Service','name':'s'},"
        + "'target':{'type':'AverageValue','averageValue':'10'},'metric':{'name':'hits'}}}",
        "{'type':'Object','object':{'target':{'kind':'Service','name':'s'},'metricName':'hits','targetValue':'0',"
        + "'averageValue':'10'}}")]
    [InlineData("{'type':'External','external':{'metric':{'name':'queue','selector':{'matchLabels':{'a':'b'}}},"
        + "'target':{'type':'Value','value':'30'}}}", "{'type':'External','external':{'metricName':'queue',"
        + "'metricSelector':{'matchLabels':{'a':'b'}},'targetValue':'30'}}")]
    [InlineData("{'type':'External','external':{'metric':{'name':'queue'},'target':{'type':'AverageValue',"
        + "'averageValue':'3'}}}", "{'type':'External','external':{'metricName':'queue','targetAverageValue':'3'}}")]
    public void A_metric_stands_in_an_annotation(string metric, string annotation)
    {
        var stored = Of($"'spec':{{'maxReplicas':3,'metrics':[{metric}]}}");
        var shown = Assert.IsType<Autoscaling.V1.HorizontalPodAutoscaler>(Face.FromStored(stored));
        Assert.Equal([$"[{annotation.Replace('\'', '"')}]"], shown.Metadata.Annotations.Values);
        Assert.Equal([$"{Area}metrics"], shown.Metadata.Annotations.Keys);
        Assert.Null(shown.Spec.TargetCPUUtilizationPercentage);
        Assert.Equal(stored, Face.ToStored(shown));
    }

    [Fact]
    public void The_use_of_the_CPU_has_a_field()
    {
        var stored = Of("'spec':{'maxReplicas':3,'metrics':[{'type':'Resource','resource':{'name':'cpu',"
            + "'target':{'type':'Utilization','averageUtilization':70}}}]}");
        var shown = Assert.IsType<Autoscaling.V1.HorizontalPodAutoscaler>(Face.FromStored(stored));
        Assert.Equal(70, shown.Spec.TargetCPUUtilizationPercentage);
        Assert.Empty(shown.Metadata.Annotations);
        Assert.Equal(stored, Face.ToStored(shown));
    }

    [Fact]
    public void Behaviour_and_what_was_observed_stand_in_annotations_too()
    {
        var stored = Defaults.Apply(Of(
            "'metadata':{'annotations':{'own':'o'}},'spec':{'maxReplicas':3,'behavior':{'scaleDown':{"
            + "'stabilizationWindowSeconds':60,'tolerance':'50m'}}},'status':{'desiredReplicas':2,'currentMetrics':[{"
            + "'type':'Resource','resource':{'name':'cpu','current':{'averageUtilization':40,'averageValue':'80m'}}}],"
            + "'conditions':[{'type':'AbleToScale','status':'True','reason':'Ready'}]}"));
        var shown = Assert.IsType<Autoscaling.V1.HorizontalPodAutoscaler>(Face.FromStored(stored));
        Assert.Equal(
            (80, 40), (shown.Spec.TargetCPUUtilizationPercentage, shown.Status.CurrentCPUUtilizationPercentage));
        var told = shown.Metadata.Annotations;
        Assert.Equal(["behavior", "conditions", "current-metrics", "own"],
            told.Keys.Select(key => key.Replace(Area, "")).Order(StringComparer.Ordinal));
        Assert.StartsWith("{\"ScaleUp\":{\"StabilizationWindowSeconds\":0,", told[$"{Area}behavior"]);
        Assert.Contains("\"StabilizationWindowSeconds\":60,", told[$"{Area}behavior"]);
        Assert.Equal(
            "[{\"type\":\"AbleToScale\",\"status\":\"True\",\"reason\":\"Ready\"}]", told[$"{Area}conditions"]);
        Assert.Equal(
            "[{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\",\"currentAverageUtilization\":40,"
            + "\"currentAverageValue\":\"80m\"}}]", told[$"{Area}current-metrics"]);
        Assert.Equal(stored, Face.ToStored(shown));
    }

    [Theory]
    [InlineData("metrics", "[{'type':7}]")]
    [InlineData("metrics", "{'a':1}")]
    [InlineData("metrics", "no JSON")]
    [InlineData("behavior", "[]")]
    [InlineData("conditions", "[null]")]
    [InlineData("current-metrics", "[[]]")]
    public void What_is_no_JSON_of_its_kind_is_dropped(string annotation, string value)
    {
        var shown = new Autoscaling.V1.HorizontalPodAutoscaler
        {
            Metadata = new() { Annotations = ValueMap<string>.Empty.With(Area + annotation, value.Replace('\'', '"')) },
        };
        Assert.Equal(new HorizontalPodAutoscaler(), Face.ToStored(shown));
    }

    private static HorizontalPodAutoscaler Of(string fields) =>
        (HorizontalPodAutoscaler)KubeJson.ReadObject(Encoding.UTF8.GetBytes(
            $"{{'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler',{fields}}}".Replace('\'', '"')));
}
