"""Addresses others rely on (contract.md, Sharing): they stand outside the languages and never change."""

from django.urls import path

from cms.feeds.views import sitemap
from cms.sharing import embedding, views
from cms.sharing.oai.answering import oai, schema

urlpatterns = [
    path("sitemap.xml", sitemap, name="sitemap"),
    path("oai", oai, name="oai"),
    path("oai/lrmi.xsd", schema, name="oai_schema"),
    path("oembed", embedding.oembed, name="oembed"),
    path("embed/<slug:key>", embedding.embed, name="embed"),
    path("s/<slug:code>", views.follow, name="short_link"),
    path("s/<slug:code>/share/", views.share, name="share"),
    path("s/<slug:code>/pack.zip", embedding.pack, name="share_pack"),
    path("s/<slug:code>/poster.svg", views.poster, {"form": "svg"}, name="poster_svg"),
    path("s/<slug:code>/poster.pdf", views.poster, {"form": "pdf"}, name="poster_pdf"),
    path("s/<slug:code>/card.png", views.card, name="share_card"),
]
